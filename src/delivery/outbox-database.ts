import type { DatabaseSync } from 'node:sqlite';
import { describeError } from '../base/errors.ts';
import { closeQuietly, openWritable, transaction } from '../base/open-sqlite.ts';
import { BUSY, isDamage, resultCode } from '../base/sqlite-error.ts';
import type { OutboxConfig } from './delivery-config.ts';

/** Version of the outbox file's tables, in `PRAGMA user_version`. */
const FILE_VERSION = 1;

const TABLES = `
  CREATE TABLE IF NOT EXISTS rows (
    sequence INTEGER PRIMARY KEY,
    tbl TEXT NOT NULL,
    key TEXT NOT NULL,
    refusal TEXT,
    received_at INTEGER NOT NULL,
    accepted_at REAL NOT NULL,
    size_bytes INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (tbl, key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS rows_due ON rows (tbl, sequence, size_bytes) WHERE refusal IS NULL;
  CREATE INDEX IF NOT EXISTS rows_refused ON rows (tbl, sequence, size_bytes) WHERE refusal IS NOT NULL;
`;

export type OpenedDatabase =
  | { readonly status: 'open'; readonly database: DatabaseSync }
  /** Another living process, or another sink of this one, owns the file. */
  | { readonly status: 'busy' }
  | { readonly status: 'damaged'; readonly reason: string }
  | { readonly status: 'unusable'; readonly reason: string };

/**
 * Opens an outbox file and locks it until it is closed: the operating system drops the lock when the process dies, so a file
 * that can be locked has no living owner. Loaded at the first call, because a start without rows needs no SQLite.
 */
export function openOutboxDatabase(path: string, durability: OutboxConfig['durability']): OpenedDatabase {
  let database: DatabaseSync | undefined;
  try {
    const opened = openWritable(path, { busyTimeoutMillis: 0, durability, exclusive: true });
    database = opened;
    // The first write takes the lock that the connection then keeps.
    transaction(opened, () => {
      const version = opened.prepare('PRAGMA user_version').get()?.user_version;
      if (version !== 0 && version !== FILE_VERSION) {
        throw new Error(`${path} was written by another version (${String(version)})`);
      }
      opened.exec(`${TABLES}; PRAGMA user_version = ${FILE_VERSION}`);
    });
    return { status: 'open', database };
  } catch (error) {
    closeQuietly(database);
    if (resultCode(error) === BUSY) return { status: 'busy' };
    return { status: isDamage(error) ? 'damaged' : 'unusable', reason: describeError(error) };
  }
}
