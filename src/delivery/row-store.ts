import type { RowCounts, RowState } from './row-counts.ts';
import type { TableName } from './row-sink.ts';

/** A row that was accepted and serialised. */
export interface PendingRow {
  readonly table: TableName;
  readonly key: string;
  /** The row as JSON text, as it is sent. */
  readonly payload: string;
  /** UTF-8 bytes of `payload`. */
  readonly sizeBytes: number;
  /** Wall clock at acceptance, milliseconds since the Unix epoch: the time stamp of the row's fallback entry. */
  readonly receivedAtMillis: number;
}

/** A row in a store. */
export interface HeldRow extends PendingRow {
  /** Order of acceptance within its store. */
  readonly sequence: number;
  /** Monotonic clock at acceptance, or at the opening of the store for rows of an earlier process. */
  readonly acceptedAtMonotonic: number;
  /** Why the primary destination refused it; undefined while it is due there. */
  readonly refusal: string | undefined;
}

export type AppendResult =
  /** Held. `duplicates` are indexes of rows whose key the store holds already: one row. */
  | { readonly status: 'held'; readonly duplicates: ReadonlySet<number> }
  /** The bound is reached; nothing of it was taken. */
  | { readonly status: 'full' }
  | { readonly status: 'failed'; readonly reason: string };

export interface Claim {
  readonly table: TableName;
  readonly state: RowState;
  readonly maxRows: number;
  /** Bound of the payloads' bytes; a first row above it is claimed alone. */
  readonly maxBytes: number;
  /** Only rows accepted up to this time of the monotonic clock. */
  readonly acceptedUntil?: number;
}

/**
 * Where accepted rows wait. Contract:
 * - No method throws. A row is claimed by one caller at a time, until it is released, refused or removed.
 * - `remove` only after the row's destination confirmed it.
 */
export interface RowStore {
  readonly name: string;
  /** Whether rows survive the process. */
  readonly durable: boolean;
  append(rows: readonly PendingRow[]): AppendResult;
  /** The oldest rows that fit the claim and that nobody holds. */
  claim(claim: Claim): readonly HeldRow[];
  /** Back to where they were. */
  release(rows: readonly HeldRow[]): void;
  /** For the fallback only, from now on, across restarts. */
  refuse(rows: readonly HeldRow[], reason: string): void;
  remove(rows: readonly HeldRow[]): void;
  /** Of all its rows, those that are claimed included. */
  readonly counts: Readonly<Pick<RowCounts, 'of' | 'tables' | 'rowCount' | 'sizeBytes'>>;
  close(): void;
}
