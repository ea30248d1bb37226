/**
 * One file of the outbox: rows are committed here before a write is acknowledged, and deleted after their destination
 * confirmed them. Owned by one process at a time through SQLite's lock (see `openOutboxDatabase`), so that which rows are
 * claimed is known in memory only. Calls are synchronous: a commit takes some 50 µs, and what is committed survives `kill -9`.
 * A file in which SQLite finds damage gives and takes nothing more; `readSurvivors` saves what can be read.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import { closeQuietly, transaction } from '../base/open-sqlite.ts';
import { isDamage } from '../base/sqlite-error.ts';
import type { OutboxConfig } from './delivery-config.ts';
import { checksumRow, decodeRow } from './outbox-row.ts';
import { findSurvivors, type OutboxStatements, prepareOutboxStatements } from './outbox-statements.ts';
import { ROW_OVERHEAD_BYTES, RowCounts } from './row-counts.ts';
import type { AppendResult, Claim, HeldRow, PendingRow, RowStore } from './row-store.ts';

/** An emptied file above this is given back to the disk. */
const RECLAIM_BYTES = 16 * 1_048_576;

export interface OutboxFileOptions {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly config: OutboxConfig;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Rows that cannot be read back. */
  readonly onLoss: (rows: number) => void;
}

export class OutboxFile implements RowStore {
  readonly durable = true;
  readonly name: string;
  /** SQLite found damage; the file is to be replaced once nobody holds a row of it. */
  damaged = false;
  readonly #options: OutboxFileOptions;
  readonly #database: DatabaseSync;
  readonly #statements: OutboxStatements;
  readonly #claimed: Set<number> = new Set();
  /** Delivered rows that the disk refused to delete; deleted later, never sent again by this process. */
  readonly #undeleted: Set<number> = new Set();
  readonly counts: RowCounts = new RowCounts();
  readonly #openedAtMonotonic: number;
  /** Rows up to here were accepted by an earlier process, whose monotonic clock means nothing here. */
  readonly #inheritedUntil: number;
  #nextSequence: number;
  #peakBytes = 0;

  constructor(options: OutboxFileOptions) {
    this.name = options.path;
    this.#options = options;
    this.#database = options.database;
    this.#statements = prepareOutboxStatements(options.database);
    this.#openedAtMonotonic = options.clock.monotonic();
    this.#inheritedUntil = this.#readTotals();
    this.#nextSequence = this.#inheritedUntil + 1;
    this.#peakBytes = this.counts.sizeBytes;
  }

  append(rows: readonly PendingRow[]): AppendResult {
    if (this.damaged) return { status: 'failed', reason: `${this.name} is damaged` };
    const added = rows.reduce((sum, row) => sum + row.sizeBytes + ROW_OVERHEAD_BYTES, 0);
    if (this.counts.sizeBytes + added > this.#options.config.maxBytes) return { status: 'full' };
    const acceptedAt = this.#options.clock.monotonic();
    const firstSequence = this.#nextSequence;
    const duplicates = new Set<number>();
    const problem = this.#transact(() => {
      for (const [index, row] of rows.entries()) {
        const { changes } = this.#statements.insert.run(
          this.#nextSequence,
          row.table,
          row.key,
          row.receivedAtMillis,
          acceptedAt,
          row.sizeBytes,
          checksumRow(row),
          row.payload,
        );
        if (Number(changes) === 0) duplicates.add(index);
        else this.#nextSequence += 1;
      }
    });
    if (problem !== undefined) {
      this.#nextSequence = firstSequence;
      return { status: 'failed', reason: problem };
    }
    for (const [index, row] of rows.entries()) {
      if (!duplicates.has(index)) this.counts.add(row.table, 'due', row.sizeBytes);
    }
    this.#peakBytes = Math.max(this.#peakBytes, this.counts.sizeBytes);
    return { status: 'held', duplicates };
  }

  claim(claim: Claim): readonly HeldRow[] {
    if (this.damaged || this.counts.of(claim.table, claim.state) === 0) return [];
    const claimed: HeldRow[] = [];
    try {
      for (const { sequence, sizeBytes } of this.#pick(claim)) {
        const row = this.#read(sequence);
        if (row === undefined) {
          this.#discard(sequence, sizeBytes, claim);
          continue;
        }
        if (claim.acceptedUntil !== undefined && row.acceptedAtMonotonic > claim.acceptedUntil) break;
        claimed.push(row);
      }
    } catch (error) {
      this.#report(error);
      if (this.damaged) return [];
    }
    for (const row of claimed) this.#claimed.add(row.sequence);
    return claimed;
  }

  release(rows: readonly HeldRow[]): void {
    for (const row of rows) this.#claimed.delete(row.sequence);
  }

  refuse(rows: readonly HeldRow[], reason: string): void {
    const problem = this.#transact(() => {
      for (const row of rows) this.#statements.refuse.run(reason, row.sequence);
    });
    this.release(rows);
    if (problem !== undefined) return;
    for (const row of rows) {
      if (row.refusal === undefined) this.counts.move(row.table, 'due', 'refused');
    }
  }

  /** Makes refused rows due again, e.g. after their table was changed. */
  readmit(): void {
    if (this.#transact(() => this.#statements.readmit.run()) !== undefined) return;
    for (const table of this.counts.tables) {
      this.counts.move(table, 'refused', 'due', this.counts.of(table, 'refused'));
    }
  }

  remove(rows: readonly HeldRow[]): void {
    for (const row of rows) {
      if (this.#undeleted.has(row.sequence)) continue;
      this.#undeleted.add(row.sequence);
      this.#claimed.delete(row.sequence);
      this.counts.remove(row.table, row.refusal === undefined ? 'due' : 'refused', row.sizeBytes);
    }
    this.#deleteRemoved();
  }

  /** Whether nobody holds a row. */
  get isIdle(): boolean {
    return this.#claimed.size === 0;
  }

  /** Every row that can still be read from a damaged file, each checked. */
  *readSurvivors(): Generator<PendingRow> {
    for (const sequence of findSurvivors(this.#statements)) {
      if (this.#undeleted.has(sequence)) continue;
      try {
        const row = this.#read(sequence);
        if (row !== undefined) yield row;
      } catch {
        // Not readable: counted by the caller, who knows how many rows there were.
      }
    }
  }

  close(): void {
    if (!this.damaged) this.#deleteRemoved();
    closeQuietly(this.#database);
  }

  /** Counts what is there; the highest sequence. */
  #readTotals(): number {
    try {
      for (const state of ['due', 'refused'] as const) {
        for (const row of this.#statements.totals[state].all()) {
          this.counts.add(String(row.tbl), state, Number(row.size_bytes), Number(row.row_count));
        }
      }
      return Number(this.#statements.last.get()?.sequence ?? 0);
    } catch (error) {
      this.#report(error);
      return 0;
    }
  }

  #pick(claim: Claim): { readonly sequence: number; readonly sizeBytes: number }[] {
    const picked: { readonly sequence: number; readonly sizeBytes: number }[] = [];
    let totalBytes = 0;
    for (const row of this.#statements.pick[claim.state].iterate(claim.table)) {
      if (picked.length >= claim.maxRows) break;
      const sequence = Number(row.sequence);
      if (this.#claimed.has(sequence) || this.#undeleted.has(sequence)) continue;
      const sizeBytes = Number(row.size_bytes);
      totalBytes += sizeBytes;
      if (picked.length > 0 && totalBytes > claim.maxBytes) break;
      picked.push({ sequence, sizeBytes });
    }
    return picked;
  }

  /** The row, or undefined where its bits are not those that were written. */
  #read(sequence: number): HeldRow | undefined {
    const row = decodeRow(this.#statements.read.get(sequence));
    if (row === undefined || sequence > this.#inheritedUntil) return row;
    return { ...row, acceptedAtMonotonic: this.#openedAtMonotonic };
  }

  /** Gives up a row whose checksum does not fit. */
  #discard(sequence: number, sizeBytes: number, claim: Claim): void {
    this.#undeleted.add(sequence);
    this.counts.remove(claim.table, claim.state, sizeBytes);
    this.#options.onLoss(1);
    this.#options.diagnostics.warn(
      'outbox-row-damaged',
      `A row in ${this.name} is not what was written; it was given up`,
    );
    this.#deleteRemoved();
  }

  #deleteRemoved(): void {
    if (this.#undeleted.size === 0 || this.damaged) return;
    const problem = this.#transact(() => {
      for (const sequence of this.#undeleted) this.#statements.delete.run(sequence);
    });
    if (problem !== undefined) return;
    this.#undeleted.clear();
    if (this.counts.rowCount === 0 && this.#peakBytes > RECLAIM_BYTES) this.#reclaim();
  }

  #reclaim(): void {
    this.#peakBytes = 0;
    try {
      this.#database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      this.#report(error);
    }
  }

  #transact(action: () => void): string | undefined {
    try {
      transaction(this.#database, action);
      return undefined;
    } catch (error) {
      this.#report(error);
      return describeError(error);
    }
  }

  #report(error: unknown): void {
    if (isDamage(error)) this.damaged = true;
    this.#options.diagnostics.warn('outbox-failed', `Outbox ${this.name}: ${describeError(error)}`);
  }
}
