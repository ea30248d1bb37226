import type { TableName } from './row-sink.ts';

export interface InsertRow {
  /** What the destination removes duplicates by; at most 128 characters. */
  readonly insertId: string;
  /** The row as JSON text. */
  readonly json: string;
}

/** A row that was not stored. */
export interface RowError {
  /** Index in the request. */
  readonly index: number;
  readonly kind: /** Can never be stored as it is. */
    | 'refused'
    /** Good, but sent beside one that is not: send it again. */
    | 'stopped'
    /** The table lacks `column`. */
    | 'unknown-column'
    /** Not now. */
    | 'retry';
  readonly reason: string;
  /** Dotted path of the unknown column, e.g. `client_info.platform`. */
  readonly column?: string;
}

export type InsertOutcome =
  /** The destination answered for each row: stored, but for those with an error. */
  | { readonly status: 'answered'; readonly rowErrors: readonly RowError[] }
  /** Nothing is known of the rows; some may be stored. Due again later, with the same insert ids. */
  | { readonly status: 'unavailable'; readonly reason: string; readonly retryAfterMillis?: number }
  /** The request as a whole was refused, for its size or for one of its rows: send less of it. */
  | { readonly status: 'rejected'; readonly reason: string };

/**
 * The wire to the primary destination. Contract:
 * - No method rejects; problems are outcomes. No retries of its own, no time-out but `signal`.
 * - `answered` only after an answer that says in so many words what became of the rows.
 */
export interface InsertTransport {
  insert(table: TableName, rows: readonly InsertRow[], signal: AbortSignal): Promise<InsertOutcome>;
  /** Dotted paths of the table's columns; undefined where they cannot be read now. */
  columns(table: TableName, signal: AbortSignal): Promise<ReadonlySet<string> | undefined>;
}

/** Limit of BigQuery for one row, less an allowance for the request around it. */
export const MAX_ROW_BYTES = 9_900_000;
