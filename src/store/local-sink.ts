/**
 * The sink of the embedded default: rows of one tick are committed together to the local SQLite store.
 * Where the store does not take them (locked, disk full, read-only) they wait in bounded memory and are tried again;
 * the host sees one message and nothing else. A row is in the queue until the store has it or the sink gives it up, so
 * that the books always balance. Commits are short slices: SQLite is synchronous, and the host comes first.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { BUSY, explainStoreError, resultCode } from '../base/sqlite-error.ts';
import { DeliveryBooks, type SettledResult } from '../delivery/delivery-books.ts';
import type { FlushResult, LedgerEntry, RowSink, SinkStats, WriteResult } from '../delivery/row-sink.ts';
import { LocalStore } from './local-store.ts';

export interface LocalSinkOptions {
  /** The SQLite file; created with its directory at the first row. */
  readonly path: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Bound of what waits in memory while the store takes nothing, in bytes of JSON. Default 64 MiB. */
  readonly maxHeldBytes?: number;
}

interface QueuedRow {
  readonly entry: LedgerEntry;
  /** The first result counts: where it is `pending`, the row is held. */
  readonly settle: (result: WriteResult) => void;
  /** Known once the row is held. */
  heldBytes: number | undefined;
}

/** About 10 ms of commit for rows of 6 KB. */
const SLICE_ROWS = 250;
/** About 12 MB of write-ahead log. */
const CHECKPOINT_ROWS = 2_000;
/** Blocks the host's event loop at most this long for another process's lock. */
const BUSY_TIMEOUT_MILLIS = 50;
const FIRST_RETRY_MILLIS = 50;
const MAX_RETRY_MILLIS = 30_000;
/** Other processes commit within milliseconds; a lock held longer is said. */
const BUSY_PATIENCE_MILLIS = 2_000;
const DEFAULT_MAX_HELD_BYTES = 64 * 1024 * 1024;

export class LocalSink implements RowSink {
  readonly name = 'local';
  readonly #path: string;
  readonly #clock: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #maxHeldBytes: number;
  #queue: QueuedRow[] = [];
  readonly #books = new DeliveryBooks();
  #heldBytes = 0;
  #rowsSinceCheckpoint = 0;
  #store: LocalStore | undefined;
  #commitScheduled = false;
  /** Set while the store takes nothing. */
  #retry: { readonly timer: Timer; readonly delayMillis: number } | undefined;
  /** What flushes wait for. */
  #emptied: PromiseWithResolvers<void> | undefined;
  #shutdown: Promise<FlushResult> | undefined;

  constructor(options: LocalSinkOptions) {
    this.#path = options.path;
    this.#clock = options.clock;
    this.#diagnostics = options.diagnostics;
    this.#maxHeldBytes = options.maxHeldBytes ?? DEFAULT_MAX_HELD_BYTES;
  }

  write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]> {
    this.#books.received += entries.length;
    if (this.#shutdown !== undefined) {
      for (const _ of entries) this.#books.settle(drop('shutdown'));
      return Promise.resolve(entries.map(() => drop('shutdown')));
    }
    const results = entries.map((entry) => {
      const { promise, resolve } = Promise.withResolvers<WriteResult>();
      this.#queue.push({ entry, settle: resolve, heldBytes: undefined });
      return promise;
    });
    if (this.#retry === undefined) this.#scheduleCommit();
    else this.#hold();
    return Promise.all(results);
  }

  async flush(timeoutMillis: number): Promise<FlushResult> {
    await withDeadline({ clock: this.#clock, timeoutMillis }, () => this.#emptyQueue());
    // Once more at the end, whatever the delay of the next try.
    if (this.#queue.length > 0) this.#commitSlice();
    const pending = this.#queue.length;
    return pending === 0
      ? { settled: true, pending, detail: `every row is in ${this.#path}` }
      : { settled: false, pending, detail: `deadline of ${timeoutMillis} ms passed with ${pending} rows in memory` };
  }

  shutdown(timeoutMillis: number): Promise<FlushResult> {
    this.#shutdown ??= this.#close(timeoutMillis);
    return this.#shutdown;
  }

  stats(): SinkStats {
    const { received, stored, fallback, dropped } = this.#books;
    return { received, stored, fallback, pending: this.#queue.length, dropped };
  }

  persistSync(): void {
    while (this.#queue.length > 0 && this.#commitSlice());
    if (this.#queue.length === 0) return;
    this.#diagnostics.warn('rows-lost', `${this.#queue.length} rows are lost: ${this.#path} did not take them`);
  }

  async #close(timeoutMillis: number): Promise<FlushResult> {
    const flushed = await this.flush(timeoutMillis);
    this.#retry?.timer.cancel();
    for (const row of this.#queue.splice(0)) this.#settle(row, drop('store-unavailable'));
    this.#endFlushes();
    this.#closeStore();
    return flushed;
  }

  /** Tries the store at once; resolves when no row waits any more. */
  #emptyQueue(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    this.#emptied ??= Promise.withResolvers();
    const { promise } = this.#emptied;
    if (this.#commitSlice()) this.#scheduleCommit();
    return promise;
  }

  #endFlushes(): void {
    if (this.#queue.length > 0) return;
    this.#emptied?.resolve();
    this.#emptied = undefined;
  }

  #scheduleCommit(): void {
    if (this.#commitScheduled) return;
    this.#commitScheduled = true;
    // After the tick, so that the rows of a burst share a commit.
    setImmediate(() => {
      this.#commitScheduled = false;
      if (this.#queue.length === 0 || this.#retry !== undefined) return;
      if (this.#commitSlice() && this.#queue.length > 0) this.#scheduleCommit();
    });
  }

  /** @returns false if the store takes nothing; the next try is set then */
  #commitSlice(): boolean {
    const slice = this.#queue.slice(0, SLICE_ROWS);
    let taken: readonly boolean[];
    try {
      taken = this.#openStore().insertRows(slice.map(({ entry }) => entry));
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#retry?.timer.cancel();
    this.#retry = undefined;
    this.#queue = this.#queue.slice(slice.length);
    for (const [index, row] of slice.entries()) {
      if (taken[index] === true) {
        this.#settle(row, { status: 'stored' });
        continue;
      }
      const problem = 'refuses a row: no such table, or a value does not fit its column';
      this.#diagnostics.warn('invalid-row', `${row.entry.table} ${problem}`);
      this.#settle(row, drop('invalid-row'));
    }
    this.#checkpoint(slice.length);
    this.#endFlushes();
    return true;
  }

  #openStore(): LocalStore {
    if (this.#store?.isReplaced === true) this.#closeStore();
    this.#store ??= LocalStore.open(this.#path, { busyTimeoutMillis: BUSY_TIMEOUT_MILLIS });
    return this.#store;
  }

  #fail(error: unknown): void {
    const delayMillis = Math.min(
      this.#retry === undefined ? FIRST_RETRY_MILLIS : this.#retry.delayMillis * 2,
      MAX_RETRY_MILLIS,
    );
    // Another process that commits at the same time is not worth a word.
    if (resultCode(error) !== BUSY || delayMillis > BUSY_PATIENCE_MILLIS) {
      this.#diagnostics.warn('local-store-unavailable', `rows wait in memory: ${explainStoreError(this.#path, error)}`);
    }
    this.#retry?.timer.cancel();
    const timer = this.#clock.setTimer(() => {
      if (this.#commitSlice() && this.#queue.length > 0) this.#scheduleCommit();
    }, delayMillis);
    this.#retry = { timer, delayMillis };
    this.#hold();
    // Whatever it was, a store that is opened anew has its tables.
    if (resultCode(error) !== BUSY) this.#closeStore();
  }

  /** Answers those who wait for the rows of the queue; gives up rows beyond the bound. */
  #hold(): void {
    this.#queue = this.#queue.filter((row) => {
      if (row.heldBytes !== undefined) return true;
      const sizeBytes = measureRow(row.entry);
      if (this.#heldBytes + sizeBytes > this.#maxHeldBytes) {
        this.#settle(row, drop('store-unavailable'));
        return false;
      }
      row.heldBytes = sizeBytes;
      this.#heldBytes += sizeBytes;
      row.settle({ status: 'pending', durable: false });
      return true;
    });
    this.#endFlushes();
  }

  /** The row leaves the queue. */
  #settle(row: QueuedRow, result: SettledResult): void {
    this.#books.settle(result);
    this.#heldBytes -= row.heldBytes ?? 0;
    row.settle(result);
  }

  #checkpoint(rows: number): void {
    this.#rowsSinceCheckpoint += rows;
    if (this.#rowsSinceCheckpoint < CHECKPOINT_ROWS) return;
    this.#rowsSinceCheckpoint = 0;
    try {
      this.#store?.checkpoint();
    } catch {
      // The log keeps growing until a later one succeeds; every commit is safe in it.
    }
  }

  #closeStore(): void {
    this.#store?.close();
    this.#store = undefined;
  }
}

function drop(reason: string): SettledResult {
  return { status: 'dropped', reason };
}

function measureRow({ row }: LedgerEntry): number {
  try {
    return Buffer.byteLength(JSON.stringify(row));
  } catch {
    // Not a JSON value: its table will refuse it.
    return 0;
  }
}
