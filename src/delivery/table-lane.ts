/**
 * Delivers the rows of one table: claims batches from the stores, sends them, and does with each row what the answer says.
 * Invariant: a claimed row is removed (its destination confirmed it), refused (for the fallback), or released, on every
 * path. While the circuit is open one request at a time probes.
 */
import type { Timer } from '../base/clock.ts';
import { describeError } from '../base/errors.ts';
import { Circuit } from './circuit.ts';
import { MAX_ROW_BYTES, type RowError } from './insert-transport.ts';
import type { TableName } from './row-sink.ts';
import type { HeldRow, RowStore } from './row-store.ts';
import { TableRequests, type TableRequestsOptions } from './table-requests.ts';

export interface TableLaneOptions extends Omit<TableRequestsOptions, 'stop'> {
  /** Whether a flush is under way: what is due goes at once. */
  readonly isHurried: () => boolean;
}

interface Batch {
  readonly store: RowStore;
  readonly rows: readonly HeldRow[];
  readonly sizeBytes: number;
}

/** What of a part is to be sent again at once, in which parts. */
type Rest = readonly (readonly HeldRow[])[] | 'unavailable';

export class TableLane {
  readonly table: TableName;
  readonly circuit: Circuit;
  inFlight = 0;
  readonly #options: TableLaneOptions;
  readonly #stop: AbortController = new AbortController();
  readonly #requests: TableRequests;
  #inFlightBytes = 0;
  /** Monotonic time of the next batch at the highest rate. */
  #nextBatchAt = 0;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: TableLaneOptions) {
    this.table = options.table;
    this.#options = options;
    this.circuit = new Circuit({ ...options, retry: options.config.retry });
    this.#requests = new TableRequests({ ...options, stop: this.#stop.signal });
  }

  get dueCount(): number {
    return this.#options.stores().reduce((sum, store) => sum + store.counts.of(this.table, 'due'), 0);
  }

  /** Rows were added: sends a full batch at once, an incomplete one after the linger time. */
  notify(): void {
    const { config } = this.#options;
    if (config.serverless || this.dueCount >= config.maxBatchRows) this.pump();
    else if (this.dueCount > 0) this.#schedule(config.lingerMillis);
  }

  /** Sends what is due, as far as the circuit and the limit of requests allow. */
  pump(): void {
    while (this.#hasRoom()) {
      const paceMillis = this.#options.isHurried() ? 0 : this.#nextBatchAt - this.#options.clock.monotonic();
      const waitMillis = Math.max(this.circuit.waitMillis, paceMillis);
      if (waitMillis > 0) {
        if (this.dueCount > 0) this.#schedule(waitMillis);
        return;
      }
      const batch = this.#claim();
      if (batch === undefined) return;
      this.inFlight += 1;
      this.#inFlightBytes += batch.sizeBytes;
      this.#nextBatchAt =
        this.#options.clock.monotonic() + (batch.rows.length * 1_000) / this.#options.config.maxRowsPerSecond;
      void this.#deliver(batch);
    }
  }

  /** Gives up the requests under way; their rows are released. */
  stop(): void {
    this.#timer?.cancel();
    this.#stop.abort();
  }

  #hasRoom(): boolean {
    const { concurrency, maxParallelBytes } = this.#options.config;
    if (this.#stop.signal.aborted) return false;
    if (this.inFlight === 0) return true;
    return !this.circuit.isOpen && this.inFlight < concurrency && this.#inFlightBytes < maxParallelBytes;
  }

  #claim(): Batch | undefined {
    const { maxBatchRows: maxRows, maxBatchBytes: maxBytes } = this.#options.config;
    for (const store of this.#options.stores()) {
      const rows = store.claim({ table: this.table, state: 'due', maxRows, maxBytes });
      if (rows.length > 0) return { store, rows, sizeBytes: rows.reduce((sum, row) => sum + row.sizeBytes, 0) };
    }
    return undefined;
  }

  async #deliver({ store, rows, sizeBytes }: Batch): Promise<void> {
    const queue: (readonly HeldRow[])[] = [rows];
    try {
      for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
        const again = await this.#deliverPart(store, part);
        if (again === 'unavailable') break;
        queue.push(...again);
      }
    } catch (error) {
      // Nothing above is meant to throw; if it does, its rows are due again rather than lost.
      this.#fail(describeError(error), this.#options.clock.monotonic());
      store.release(rows);
    }
    for (const rest of queue) store.release(rest);
    this.inFlight -= 1;
    this.#inFlightBytes -= sizeBytes;
    this.#options.onChange();
    this.pump();
  }

  /** Sends rows once. */
  async #deliverPart(store: RowStore, rows: readonly HeldRow[]): Promise<Rest> {
    const [first] = rows;
    if (first === undefined) return [];
    if (rows.length === 1 && first.sizeBytes > MAX_ROW_BYTES) {
      this.#refuse(store, [first], `row-too-large: ${first.sizeBytes} bytes; BigQuery takes 10 MB`);
      return [];
    }
    const sent = rows.map((row) => this.#requests.render(row));
    const startedAt = this.#options.clock.monotonic();
    const outcome = await this.#requests.insert(rows, sent);
    switch (outcome.status) {
      case 'unavailable':
        this.#fail(outcome.reason, startedAt, outcome.retryAfterMillis);
        store.release(rows);
        return 'unavailable';
      case 'rejected': {
        this.circuit.succeed();
        if (rows.length === 1) {
          this.#refuse(store, rows, outcome.reason);
          return [];
        }
        const middle = Math.ceil(rows.length / 2);
        return [rows.slice(0, middle), rows.slice(middle)];
      }
      case 'answered':
        return this.#settle(store, rows, sent, outcome.rowErrors, startedAt);
    }
  }

  async #settle(
    store: RowStore,
    rows: readonly HeldRow[],
    sent: readonly string[],
    rowErrors: readonly RowError[],
    startedAt: number,
  ): Promise<Rest> {
    const errors = new Map(rowErrors.map((error) => [error.index, error]));
    const answers = rows.map((row, index) => ({ row, sent: sent[index], error: errors.get(index) }));
    const rowsWith = (kind: RowError['kind'] | undefined): HeldRow[] =>
      answers.filter(({ error }) => error?.kind === kind).map(({ row }) => row);
    const stored = rowsWith(undefined);
    if (stored.length > 0) store.remove(stored);
    for (const row of stored) this.#options.onSettled(row, { status: 'stored' });
    for (const { row, sent, error } of answers) {
      if (error === undefined && sent !== row.payload) this.#options.books.rowsCut += 1;
      if (error?.kind === 'refused') this.#refuse(store, [row], error.reason);
    }
    const retried = rowsWith('retry');
    const stopped = rowsWith('stopped');
    const lacking = rowsWith('unknown-column');
    // Stopped beside no row that explains it: an answer that would come again at once.
    const isStuck = stopped.length === rows.length;
    if (retried.length > 0 || isStuck) {
      this.#fail(rowErrors[0]?.reason ?? 'not-stored', startedAt);
      store.release([...retried, ...stopped, ...lacking]);
      return 'unavailable';
    }
    this.circuit.succeed();
    if (lacking.length > 0) await this.#requests.learn(lacking, rowErrors);
    const again = [...stopped];
    for (const { row, sent, error } of answers) {
      if (error?.kind !== 'unknown-column') continue;
      // Sent without what it is refused for, it would be refused again.
      if (this.#requests.render(row) === sent) this.#refuse(store, [row], error.reason);
      else again.push(row);
    }
    return again.length > 0 ? [again] : [];
  }

  #refuse(store: RowStore, rows: readonly HeldRow[], reason: string): void {
    store.refuse(rows, reason);
    this.#options.diagnostics.warn(
      'row-refused',
      `BigQuery table ${this.table} refused a row; it goes to the fallback`,
    );
  }

  #fail(reason: string, startedAt: number, retryAfterMillis?: number): void {
    if (this.#stop.signal.aborted) return;
    this.#options.diagnostics.warn('bigquery-unavailable', `BigQuery table ${this.table} cannot be written: ${reason}`);
    this.circuit.fail(reason, startedAt, retryAfterMillis);
  }

  #schedule(delayMillis: number): void {
    const at = this.#options.clock.monotonic() + delayMillis;
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      this.pump();
    }, delayMillis);
  }
}
