/**
 * Accepted rows in memory: used where no outbox is configured, and where the disk refuses. Bounded by bytes; what it
 * holds is lost with the process, so its results say `durable: false`.
 */

import type { Clock } from '../base/clock.ts';
import { ROW_OVERHEAD_BYTES, RowCounts } from './row-counts.ts';
import type { AppendResult, Claim, HeldRow, PendingRow, RowStore } from './row-store.ts';

export class MemoryRowStore implements RowStore {
  readonly name = 'memory';
  readonly durable = false;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  /** In order of acceptance. */
  readonly #rows: Map<number, HeldRow> = new Map();
  readonly #keys: Set<string> = new Set();
  readonly #claimed: Set<number> = new Set();
  readonly counts: RowCounts = new RowCounts();
  #nextSequence = 1;

  constructor(maxBytes: number, clock: Clock) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  append(rows: readonly PendingRow[]): AppendResult {
    const added = rows.reduce((sum, row) => sum + row.sizeBytes + ROW_OVERHEAD_BYTES, 0);
    if (this.counts.sizeBytes + added > this.#maxBytes) return { status: 'full' };
    const acceptedAtMonotonic = this.#clock.monotonic();
    const duplicates = new Set<number>();
    for (const [index, row] of rows.entries()) {
      const key = `${row.table}/${row.key}`;
      if (this.#keys.has(key)) {
        duplicates.add(index);
        continue;
      }
      const sequence = this.#nextSequence++;
      this.#keys.add(key);
      this.#rows.set(sequence, { ...row, sequence, acceptedAtMonotonic, refusal: undefined });
      this.counts.add(row.table, 'due', row.sizeBytes);
    }
    return { status: 'held', duplicates };
  }

  claim(claim: Claim): readonly HeldRow[] {
    if (this.counts.of(claim.table, claim.state) === 0) return [];
    const claimed: HeldRow[] = [];
    let sizeBytes = 0;
    for (const row of this.#rows.values()) {
      if (claimed.length >= claim.maxRows) break;
      if (claim.acceptedUntil !== undefined && row.acceptedAtMonotonic > claim.acceptedUntil) break;
      if (row.table !== claim.table || stateOf(row) !== claim.state || this.#claimed.has(row.sequence)) continue;
      sizeBytes += row.sizeBytes;
      if (claimed.length > 0 && sizeBytes > claim.maxBytes) break;
      claimed.push(row);
      this.#claimed.add(row.sequence);
    }
    return claimed;
  }

  release(rows: readonly HeldRow[]): void {
    for (const row of rows) this.#claimed.delete(row.sequence);
  }

  refuse(rows: readonly HeldRow[], reason: string): void {
    for (const row of rows) {
      this.#claimed.delete(row.sequence);
      const held = this.#rows.get(row.sequence);
      if (held === undefined) continue;
      this.#rows.set(row.sequence, { ...held, refusal: reason });
      this.counts.move(held.table, stateOf(held), 'refused');
    }
  }

  remove(rows: readonly HeldRow[]): void {
    for (const row of rows) {
      this.#claimed.delete(row.sequence);
      const held = this.#rows.get(row.sequence);
      if (held === undefined) continue;
      this.#rows.delete(row.sequence);
      this.#keys.delete(`${held.table}/${held.key}`);
      this.counts.remove(held.table, stateOf(held), held.sizeBytes);
    }
  }

  /** Every row, those that are claimed included; the store is empty afterwards. For the end of the process. */
  takeAll(): readonly HeldRow[] {
    const rows = [...this.#rows.values()];
    this.remove(rows);
    return rows;
  }

  close(): void {
    this.#claimed.clear();
  }
}

function stateOf(row: HeldRow): Claim['state'] {
  return row.refusal === undefined ? 'due' : 'refused';
}
