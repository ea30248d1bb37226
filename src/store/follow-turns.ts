import { existsSync } from 'node:fs';
import { BUSY, resultCode } from '../base/sqlite-error.ts';
import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';
import { ZIP_AMENDMENT } from '../record/zip-amendment.ts';
import { LocalStore } from './local-store.ts';
import { decodeRow } from './sqlite-row.ts';
import { TURN_LINE_COLUMNS } from './turn-queries.ts';

/** Turns of one look: those beyond it come with the next. */
const MAX_TURNS = 500;

// A turn's first row only: later versions, and ZIPs of other processes, are no further turn.
const NEW_TURNS = `SELECT t.rowid AS place, ${TURN_LINE_COLUMNS.map((name) => `t.${name}`).join(', ')}
FROM ${CONVERSATION_LOGS.name} AS t
WHERE t.rowid > @after AND t.message_type <> '${ZIP_AMENDMENT}' AND NOT EXISTS (
  SELECT 1 FROM ${CONVERSATION_LOGS.name} AS earlier
  WHERE earlier.date_partition IS t.date_partition AND earlier.message_id = t.message_id
    AND earlier.rowid < t.rowid AND earlier.message_type <> '${ZIP_AMENDMENT}'
)
ORDER BY t.rowid
LIMIT ${MAX_TURNS}`;

/**
 * The turns that come into a local store, in the order in which they were written, whoever writes them. Reads only, and
 * holds no lock between two looks. A store that is not there yet, or is replaced, is read from its beginning.
 */
export class TurnFollower {
  readonly #path: string;
  #store: LocalStore | undefined;
  /** Place of the last row that was seen; undefined before the first look. */
  #after: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * @returns what has come since the last look, nothing at the first; undefined where there is no store yet
   * @throws {StoreError} where the store cannot be read
   */
  look(): Record<string, unknown>[] | undefined {
    try {
      return this.#read();
    } catch (error) {
      // A writer that has the store for itself, for more than the five seconds that a reader waits.
      if (resultCode(error) === BUSY) return [];
      throw error;
    }
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  #read(): Record<string, unknown>[] | undefined {
    const store = this.#open();
    if (store === undefined) {
      this.#after = 0;
      return undefined;
    }
    const last = Number(store.query(`SELECT MAX(rowid) AS last FROM ${CONVERSATION_LOGS.name}`)[0]?.last ?? 0);
    // Fewer than before: rows were deleted, and places may be given anew.
    this.#after = Math.min(this.#after ?? last, last);
    const rows = store.query(NEW_TURNS, { after: this.#after });
    const place = Number(rows.at(-1)?.place ?? 0);
    // Rows that are no turn are passed as well, unless turns before them are still to come.
    this.#after = rows.length < MAX_TURNS ? Math.max(last, place) : place;
    return rows.map((row) => decodeRow(CONVERSATION_LOGS, row));
  }

  /** @returns undefined where there is no store, or none with tables: another process is about to make them */
  #open(): LocalStore | undefined {
    if (this.#store?.isReplaced === true) {
      this.close();
      this.#after = 0;
    }
    if (this.#store !== undefined) return this.#store;
    if (!existsSync(this.#path)) return undefined;
    const store = LocalStore.openReadOnly(this.#path);
    const tables = store.query('SELECT 1 FROM sqlite_schema WHERE name = @name', { name: CONVERSATION_LOGS.name });
    if (tables.length === 0) {
      store.close();
      return undefined;
    }
    this.#store = store;
    return store;
  }
}
