import { statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { closeQuietly, type OpenOptions, openReadOnly, openWritable, transaction } from '../base/open-sqlite.ts';
import { CONSTRAINT, resultCode } from '../base/sqlite-error.ts';
import type { LedgerEntry } from '../delivery/row-sink.ts';
import type { QueryParameters } from '../delivery/store-reader.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import { migrateSqlite } from './migrate-sqlite.ts';
import { encodeSqliteRow } from './sqlite-row.ts';
import { INSERT_ID_COLUMN } from './sqlite-schema.ts';
import { encodeSpan } from './sqlite-span.ts';
import { tableDefinition } from './tables.ts';

/**
 * The embedded SQLite file that rows and spans go to where no cloud project is configured. Synchronous, as SQLite is:
 * a call is one short transaction. Throws what SQLite throws; the sink makes results of it.
 * Invariant: a key is in its table at most once, whoever writes it and however often.
 */
export class LocalStore {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #inode: number | undefined;
  readonly #inserts: Map<string, StatementSync> = new Map();

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#inode = inodeOf(path);
  }

  /** Opens the store to write, creates it where it does not exist, and adds the tables and columns that it lacks. */
  static open(path: string, options: OpenOptions): LocalStore {
    const database = openWritable(path, options);
    try {
      migrateSqlite(database);
      return new LocalStore(database, path);
    } catch (error) {
      closeQuietly(database);
      throw error;
    }
  }

  /** Opens an existing store to read, while another process writes, or on a read-only disk. */
  static openReadOnly(path: string): LocalStore {
    return new LocalStore(openReadOnly(path, { busyTimeoutMillis: 5_000 }), path);
  }

  /**
   * Writes rows in one transaction.
   *
   * @returns for each entry whether its table took it (or had it); a row that is refused does not hold up the others
   * @throws where nothing could be written: locked, disk full, read-only
   */
  insertRows(entries: readonly LedgerEntry[]): boolean[] {
    return transaction(this.#database, () =>
      entries.map(({ table, key, row }) => {
        const definition = tableDefinition(table);
        if (definition === undefined) return false;
        return this.#insert(table, () => ({ ...encodeSqliteRow(definition, row), [INSERT_ID_COLUMN.name]: key }));
      }),
    );
  }

  /** Writes spans in one transaction; a span that is there already is left as it is. */
  insertSpans(spans: readonly SpanSnapshot[]): void {
    transaction(this.#database, () => {
      for (const span of spans) this.#insert('spans', () => encodeSpan(span));
    });
  }

  /** Whether the file at the store's path is no longer this one: deleted or replaced, so that rows would be lost. */
  get isReplaced(): boolean {
    return inodeOf(this.#path) !== this.#inode;
  }

  /** @returns the rows of a query, integers as numbers */
  query(sql: string, parameters: QueryParameters = {}): Record<string, SQLOutputValue>[] {
    const values = Object.entries(parameters).map(([name, given]) => [
      name,
      typeof given === 'object' ? given.value : given,
    ]);
    return this.#database.prepare(sql).all(Object.fromEntries(values));
  }

  /** Moves the write-ahead log into the store and empties it, which constant readers keep SQLite from doing by itself. */
  checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    closeQuietly(this.#database);
  }

  #insert(table: string, encode: () => Readonly<Record<string, SQLInputValue>>): boolean {
    try {
      const row = encode();
      const insert = this.#inserts.get(table) ?? this.#prepareInsert(table, Object.keys(row));
      insert.run(...Object.values(row));
      return true;
    } catch (error) {
      // A text in a number's column, NULL in a required one, no JSON value: this row only, and it would be refused again.
      if (resultCode(error) === CONSTRAINT || error instanceof TypeError || error instanceof RangeError) return false;
      throw error;
    }
  }

  #prepareInsert(table: string, columns: readonly string[]): StatementSync {
    const values = `(${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const insert = this.#database.prepare(`INSERT INTO ${table} ${values} ON CONFLICT DO NOTHING`);
    this.#inserts.set(table, insert);
    return insert;
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
