import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { describeError } from '../base/errors.ts';
import { loadSqlite } from '../base/load-sqlite.ts';
import { BUSY, resultCode } from '../base/sqlite-error.ts';
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

/** SQLite's primary result codes for a file whose content is not what it wrote. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

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
    database = new (loadSqlite().DatabaseSync)(path);
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    database.exec('PRAGMA journal_size_limit = 8388608');
    // The first write takes the lock that the connection then keeps.
    database.exec('BEGIN IMMEDIATE');
    const version = database.prepare('PRAGMA user_version').get()?.user_version;
    if (version !== 0 && version !== FILE_VERSION) {
      database.close();
      return { status: 'unusable', reason: `${path} was written by another version (${String(version)})` };
    }
    database.exec(TABLES);
    database.exec(`PRAGMA user_version = ${FILE_VERSION}; COMMIT`);
    return { status: 'open', database };
  } catch (error) {
    closeQuietly(database);
    if (resultCode(error) === BUSY) return { status: 'busy' };
    const reason = describeError(error);
    return { status: isDamage(error) ? 'damaged' : 'unusable', reason };
  }
}

/** Whether SQLite says that the file's content is not what it wrote. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** Guards a row against bits that flip on disk, which SQLite does not notice inside a value. */
export function checksumRow(table: string, key: string, receivedAtMillis: number, payload: string): number {
  return crc32(`${table}\n${key}\n${receivedAtMillis}`, crc32(payload));
}

export function closeQuietly(database: DatabaseSync | undefined): void {
  try {
    database?.close();
  } catch {
    // Closed already, or the disk refuses the last checkpoint: the write-ahead log still holds every commit.
  }
}
