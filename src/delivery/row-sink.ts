import type { RedactedRow } from '../record/redacted-row.ts';

/** The `name` of a table's definition. A destination may call the table otherwise. */
export type TableName = string;

/** A row on its way to a table. */
export interface LedgerEntry {
  readonly table: TableName;
  /**
   * Key of the row in its table, as `buildRowKey` makes it. The insert id, and what makes every retry and replay
   * idempotent. At most 128 characters (limit of BigQuery's `insertId`).
   */
  readonly key: string;
  /** A plain JSON value: text, finite numbers, booleans, NULL, arrays and records of them. */
  readonly row: RedactedRow;
}

/** What became of one entry. */
export type WriteResult =
  /** In the table, confirmed. */
  | { readonly status: 'stored' }
  /** Durable on this machine, or held in bounded memory where there is no disk; delivered later. */
  | { readonly status: 'pending'; readonly durable: boolean }
  /** In the fallback, from where replay brings it back. */
  | { readonly status: 'fallback'; readonly reason: string }
  /** Given up, counted under `reason`. */
  | { readonly status: 'dropped'; readonly reason: string };

export interface SinkStats {
  readonly received: number;
  readonly stored: number;
  readonly fallback: number;
  readonly pending: number;
  readonly dropped: Readonly<Record<string, number>>;
}

export interface FlushResult {
  /** True if everything is stored, in the fallback or durable on disk. */
  readonly settled: boolean;
  readonly pending: number;
  /** One sentence for people, e.g. `deadline of 10000 ms passed with 12 rows in memory`. */
  readonly detail: string;
}

/**
 * Where rows go. Contract for every implementation (held by one conformance suite):
 * - No method throws or rejects: problems are results.
 * - `write` resolves with one result per entry, in order, once each entry is stored, durable or held.
 * - `stats()` always balances: `received = stored + fallback + pending + sum(dropped)`.
 * - A key written twice is one row.
 */
export interface RowSink {
  /** Name of the implementation, in every message of it. */
  readonly name: string;
  write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]>;
  /** Delivers what is pending, until done or `timeoutMillis` passed. */
  flush(timeoutMillis: number): Promise<FlushResult>;
  /** Flushes, then releases every resource. Later writes are dropped with reason `shutdown`. Safe to call twice. */
  shutdown(timeoutMillis: number): Promise<FlushResult>;
  stats(): SinkStats;
  /** Makes durable what only memory holds, or says it on standard error. Synchronous, for the process's `exit` event. */
  persistSync?(): void;
}
