/**
 * The door of the delivery sink: entries of one tick are serialised and committed together, in slices short enough for the
 * host's event loop. A row goes to the outbox; where the disk refuses, to memory; where that is full, to standard error.
 * A write is acknowledged only after its row is in a store.
 */

import { describeError } from '../base/errors.ts';
import type { RecentSet } from '../base/recent-set.ts';
import type { LaneOptions } from './lane-options.ts';
import type { LastResort } from './last-resort.ts';
import type { LedgerEntry, WriteResult } from './row-sink.ts';
import type { PendingRow, RowStore } from './row-store.ts';

/** One slice takes some 5 ms with rows of 6 KB. */
const SLICE_ROWS = 128;
const SLICE_BYTES = 524_288;
/** Entries that wait for their slice; a host that makes them faster than a disk takes them is cut off here. */
const MAX_WAITING = 100_000;

export interface RowIntakeOptions extends Pick<LaneOptions, 'config' | 'clock' | 'diagnostics' | 'books'> {
  /** Where rows go first; undefined where the disk cannot be used now. */
  readonly outbox: () => RowStore | undefined;
  readonly memory: RowStore;
  /** `table/key` of rows that were settled lately. */
  readonly recentKeys: RecentSet<string>;
  /** Takes what no store takes. */
  readonly lastResort: LastResort;
  readonly isClosed: () => boolean;
  readonly onHeld: () => void;
}

interface Waiting {
  readonly entry: LedgerEntry;
  readonly resolve: (result: WriteResult) => void;
}

type Serialised = Pick<Waiting, 'resolve'> & { readonly row: PendingRow };

export class RowIntake {
  readonly #options: RowIntakeOptions;
  #waiting: Waiting[] = [];
  #isScheduled = false;

  constructor(options: RowIntakeOptions) {
    this.#options = options;
  }

  /** Entries that are not in a store yet. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  accept(entry: LedgerEntry): Promise<WriteResult> {
    this.#options.books.received += 1;
    if (this.#options.isClosed()) return Promise.resolve(this.#drop('shutdown'));
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve(this.#drop('intake-full'));
    return new Promise((resolve) => {
      this.#waiting.push({ entry, resolve });
      this.#schedule();
    });
  }

  /** Resolves once nothing waits. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Puts everything that waits into a store, before returning. */
  drainSync(): void {
    while (this.#waiting.length > 0) this.#slice();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#slice();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #slice(): void {
    const rows: Serialised[] = [];
    let sizeBytes = 0;
    let taken = 0;
    for (const { entry, resolve } of this.#waiting) {
      if (taken >= SLICE_ROWS || sizeBytes >= SLICE_BYTES) break;
      taken += 1;
      const row = this.#serialise(entry);
      if (typeof row === 'string') {
        resolve(this.#drop(row));
        continue;
      }
      sizeBytes += row.sizeBytes;
      rows.push({ row, resolve });
    }
    this.#waiting = this.#waiting.slice(taken);
    if (rows.length > 0) this.#hold(rows);
  }

  /** The row, or why it is dropped. */
  #serialise(entry: LedgerEntry): PendingRow | string {
    if (this.#options.recentKeys.has(`${entry.table}/${entry.key}`)) return 'duplicate';
    try {
      const payload = JSON.stringify(entry.row);
      return {
        table: entry.table,
        key: entry.key,
        payload,
        sizeBytes: Buffer.byteLength(payload),
        receivedAtMillis: this.#options.clock.now(),
      };
    } catch (error) {
      this.#options.diagnostics.warn('row-not-serialisable', `A row is not JSON: ${describeError(error)}`);
      return 'not-serialisable';
    }
  }

  #hold(rows: readonly Serialised[]): void {
    const pending = rows.map(({ row }) => row);
    const outbox = this.#options.outbox();
    for (const store of outbox === undefined ? [this.#options.memory] : [outbox, this.#options.memory]) {
      const result = store.append(pending);
      if (result.status === 'held') {
        for (const [index, { resolve }] of rows.entries()) {
          const isDuplicate = result.duplicates.has(index);
          resolve(isDuplicate ? this.#drop('duplicate') : { status: 'pending', durable: store.durable });
        }
        this.#options.onHeld();
        return;
      }
      if (result.status === 'full') {
        if (rows.length > 1) {
          // Some of them may fit.
          const middle = Math.ceil(rows.length / 2);
          this.#hold(rows.slice(0, middle));
          this.#hold(rows.slice(middle));
          return;
        }
        this.#options.diagnostics.warn('store-full', `The store of pending rows is full: ${store.name}`);
        if (store.durable && this.#options.config.outbox?.whenFull === 'refuse-new') {
          for (const { resolve } of rows) resolve(this.#drop('outbox-full'));
          return;
        }
      }
    }
    for (const { row, resolve } of rows) {
      const result = { status: 'fallback', reason: 'no-room' } as const;
      this.#options.lastResort(row, result.reason);
      this.#options.books.settle(result);
      resolve(result);
    }
  }

  #drop(reason: string): WriteResult {
    const result = { status: 'dropped', reason } as const;
    this.#options.books.settle(result);
    return result;
  }
}
