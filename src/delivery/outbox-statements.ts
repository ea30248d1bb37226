import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Claim } from './row-store.ts';

const COLUMNS = 'sequence, tbl, key, refusal, received_at, accepted_at, size_bytes, crc, payload';

export interface OutboxStatements {
  readonly insert: StatementSync;
  readonly read: StatementSync;
  readonly refuse: StatementSync;
  readonly readmit: StatementSync;
  readonly delete: StatementSync;
  readonly last: StatementSync;
  readonly pick: Readonly<Record<Claim['state'], StatementSync>>;
  readonly totals: Readonly<Record<Claim['state'], StatementSync>>;
  readonly survivors: readonly StatementSync[];
}

/** The statements of an outbox file, compiled once. */
export function prepareOutboxStatements(database: DatabaseSync): OutboxStatements {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const totals = (condition: string): StatementSync =>
    prepare(
      `SELECT tbl, COUNT(*) AS row_count, SUM(size_bytes) AS size_bytes FROM rows WHERE ${condition} GROUP BY tbl`,
    );
  const pick = (condition: string): StatementSync =>
    prepare(`SELECT sequence, size_bytes FROM rows WHERE tbl = ? AND ${condition} ORDER BY sequence`);
  return {
    insert: prepare(`INSERT OR IGNORE INTO rows (${COLUMNS}) VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?)`),
    read: prepare(`SELECT ${COLUMNS} FROM rows WHERE sequence = ?`),
    readmit: prepare('UPDATE rows SET refusal = NULL WHERE refusal IS NOT NULL'),
    refuse: prepare('UPDATE rows SET refusal = ? WHERE sequence = ?'),
    delete: prepare('DELETE FROM rows WHERE sequence = ?'),
    last: prepare('SELECT MAX(sequence) AS sequence FROM rows'),
    pick: { due: pick('refusal IS NULL'), refused: pick('refusal IS NOT NULL') },
    totals: { due: totals('refusal IS NULL'), refused: totals('refusal IS NOT NULL') },
    survivors: [
      prepare('SELECT sequence FROM rows NOT INDEXED ORDER BY sequence'),
      prepare('SELECT sequence FROM rows NOT INDEXED ORDER BY sequence DESC'),
      prepare('SELECT sequence FROM rows INDEXED BY rows_due WHERE refusal IS NULL'),
    ],
  };
}

/** Sequences of all rows that any way through a damaged file leads to, in order. */
export function findSurvivors({ survivors }: OutboxStatements): readonly number[] {
  const sequences = new Set<number>();
  for (const statement of survivors) {
    try {
      for (const row of statement.iterate()) sequences.add(Number(row.sequence));
    } catch {
      // The damage is on this path; the others may lead around it.
    }
  }
  return [...sequences].sort((a, b) => a - b);
}
