/**
 * Which rows earlier replays stored where, and which this one has seen: what makes a replay that was interrupted, or is run
 * again, store each row once. A SQLite file beside the outbox. Losing it costs duplicates that the view removes, never a row.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { transaction } from '../base/open-sqlite.ts';

export class ReplayedKeys {
  readonly #database: DatabaseSync;
  readonly #target: string;
  readonly #forgets: boolean;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #see: StatementSync;

  /**
   * @param target the store that rows go to, by name: a row stored in one may be replayed into another
   * @param forgets whether rows that earlier replays stored count as new
   */
  constructor(database: DatabaseSync, target: string, forgets: boolean) {
    this.#database = database;
    this.#target = target;
    this.#forgets = forgets;
    database.exec(
      'CREATE TABLE IF NOT EXISTS replayed (target TEXT, tbl TEXT, key TEXT, PRIMARY KEY (target, tbl, key)) STRICT, WITHOUT ROWID',
    );
    // On disk as it grows, gone with the connection.
    database.exec('CREATE TEMP TABLE seen (tbl TEXT, key TEXT, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID');
    this.#see = database.prepare('INSERT OR IGNORE INTO seen VALUES (?, ?)');
    this.#find = database.prepare('SELECT 1 FROM replayed WHERE target = ? AND tbl = ? AND key = ?');
    this.#insert = database.prepare('INSERT OR IGNORE INTO replayed VALUES (?, ?, ?)');
  }

  /** Whether this run sees the row for the first time. */
  see(table: string, key: string): boolean {
    return Number(this.#see.run(table, key).changes) > 0;
  }

  has(table: string, key: string): boolean {
    return !this.#forgets && this.#find.get(this.#target, table, key) !== undefined;
  }

  add(keys: readonly { readonly table: string; readonly key: string }[]): void {
    transaction(this.#database, () => {
      for (const { table, key } of keys) this.#insert.run(this.#target, table, key);
    });
  }

  close(): void {
    this.#database.close();
  }
}
