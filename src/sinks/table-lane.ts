/**
 * Delivers the rows of one table: claims batches from the stores, sends them, and does with each row what the answer says.
 * Invariant: a claimed row is removed (its destination confirmed it), refused (for the fallback), or released, on every
 * path. While the circuit is open one request at a time probes.
 */
import { createHash } from 'node:crypto';
import type { Clock, Timer } from '../clock.ts';
import type { Diagnostics } from '../diagnostics.ts';
import { describeError } from '../errors.ts';
import { Circuit } from './circuit.ts';
import type { DeliveryBooks } from './delivery-books.ts';
import type { DeliveryConfig } from './delivery-config.ts';
import { type InsertOutcome, type InsertTransport, MAX_ROW_BYTES, type RowError } from './insert-transport.ts';
import type { TableName, WriteResult } from './record-sink.ts';
import { callWithin } from './request-deadline.ts';
import type { HeldRow, RowStore } from './row-store.ts';
import { findUnknownPaths, UnknownColumns } from './unknown-columns.ts';

/** Limit of BigQuery for an insert id. */
const MAX_INSERT_ID_LENGTH = 128;

export interface RequestRecord {
  readonly destination: string;
  readonly table: string;
  readonly rows: number;
  readonly durationMillis: number;
  /** Undefined where the destination answered. */
  readonly error: string | undefined;
}

export interface TableLaneOptions {
  readonly table: TableName;
  readonly config: DeliveryConfig;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly diagnostics: Diagnostics;
  readonly books: DeliveryBooks;
  readonly stores: () => readonly RowStore[];
  /** May reject, e.g. where the client's package is not installed. */
  readonly transport: () => Promise<InsertTransport>;
  readonly onSettled: (row: HeldRow, result: WriteResult) => void;
  /** Something changed: rows were settled, refused or released. */
  readonly onChange: () => void;
  readonly onRequest: (request: RequestRecord) => void;
}

interface Batch {
  readonly store: RowStore;
  readonly rows: readonly HeldRow[];
}

export class TableLane {
  readonly table: TableName;
  readonly circuit: Circuit;
  inFlight = 0;
  /** A flush is under way: what is due goes at once. */
  isHurried = false;
  readonly #options: TableLaneOptions;
  readonly #unknown: UnknownColumns;
  readonly #stop: AbortController = new AbortController();
  /** Monotonic time of the next batch at the highest rate. */
  #nextBatchAt = 0;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: TableLaneOptions) {
    this.table = options.table;
    this.#options = options;
    this.circuit = new Circuit({
      retry: options.config.retry,
      clock: options.clock,
      ...(options.random !== undefined && { random: options.random }),
    });
    this.#unknown = new UnknownColumns(options.clock, options.config.unknownColumnMillis);
  }

  get dueCount(): number {
    return this.#options.stores().reduce((sum, store) => sum + store.count(this.table, 'due'), 0);
  }

  /** Rows were added: sends a full batch at once, an incomplete one after the linger time. */
  notify(): void {
    const { config } = this.#options;
    if (config.serverless || this.dueCount >= config.maxBatchRows) this.pump();
    else if (this.dueCount > 0) this.#schedule(config.lingerMillis);
  }

  /** Sends what is due, as far as the circuit and the limit of requests allow. */
  pump(): void {
    while (!this.#stop.signal.aborted && this.inFlight < (this.circuit.isOpen ? 1 : this.#options.config.concurrency)) {
      const paceMillis = this.isHurried ? 0 : this.#nextBatchAt - this.#options.clock.monotonic();
      const waitMillis = Math.max(this.circuit.waitMillis, paceMillis);
      if (waitMillis > 0) {
        if (this.dueCount > 0) this.#schedule(waitMillis);
        return;
      }
      const batch = this.#claim();
      if (batch === undefined) return;
      this.inFlight += 1;
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

  #claim(): Batch | undefined {
    const { maxBatchRows: maxRows, maxBatchBytes: maxBytes } = this.#options.config;
    for (const store of this.#options.stores()) {
      const rows = store.claim({ table: this.table, state: 'due', maxRows, maxBytes });
      if (rows.length > 0) return { store, rows };
    }
    return undefined;
  }

  async #deliver({ store, rows }: Batch): Promise<void> {
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
    this.#options.onChange();
    this.pump();
  }

  /** Sends rows once; what of them is to be sent again at once. */
  async #deliverPart(
    store: RowStore,
    rows: readonly HeldRow[],
  ): Promise<readonly (readonly HeldRow[])[] | 'unavailable'> {
    const [first] = rows;
    if (first === undefined) return [];
    if (rows.length === 1 && first.sizeBytes > MAX_ROW_BYTES) {
      this.#refuse(store, [first], `a row of ${first.sizeBytes} bytes is over BigQuery's limit of 10 MB`);
      return [];
    }
    const sent = rows.map((row) => this.#unknown.strip(row.payload));
    const startedAt = this.#options.clock.monotonic();
    const outcome = await this.#send(rows, sent);
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
  ): Promise<readonly (readonly HeldRow[])[] | 'unavailable'> {
    const errors = new Map(rowErrors.map((error) => [error.index, error]));
    const withError = (kind: RowError['kind']): HeldRow[] =>
      rows.filter((_, index) => errors.get(index)?.kind === kind);
    const stored = rows.filter((_, index) => !errors.has(index));
    this.#options.books.rowsCut += rows.filter(
      (row, index) => !errors.has(index) && sent[index] !== row.payload,
    ).length;
    if (stored.length > 0) {
      store.remove(stored);
      this.#options.books.settle({ status: 'stored' }, stored.length);
      for (const row of stored) this.#options.onSettled(row, { status: 'stored' });
    }
    for (const [index, error] of errors) {
      const row = rows[index];
      if (error.kind === 'refused' && row !== undefined) this.#refuse(store, [row], error.reason);
    }
    const retried = withError('retry');
    const stopped = withError('stopped');
    const lacking = withError('unknown-column');
    // Stopped beside no row that explains it: an answer that would come again at once.
    const isStuck = stopped.length === rows.length;
    if (retried.length > 0 || isStuck) {
      this.#fail(rowErrors[0]?.reason ?? 'rows were not stored', startedAt);
      store.release([...retried, ...stopped, ...lacking]);
      return 'unavailable';
    }
    this.circuit.succeed();
    const again = [...stopped];
    if (lacking.length > 0) {
      await this.#learn(lacking, rowErrors);
      for (const [index, error] of errors) {
        const row = rows[index];
        if (error.kind !== 'unknown-column' || row === undefined) continue;
        // Sent without what it is refused for, it would be refused again.
        if (this.#unknown.strip(row.payload) === sent[index]) this.#refuse(store, [row], error.reason);
        else again.push(row);
      }
    }
    return again.length > 0 ? [again] : [];
  }

  /** Learns the columns that the table lacks, from the errors and from its schema. */
  async #learn(rows: readonly HeldRow[], rowErrors: readonly RowError[]): Promise<void> {
    const paths = new Set(rowErrors.map((error) => error.column).filter((column) => column !== undefined));
    if ([...paths].some((path) => !this.#unknown.has(path))) {
      const columns = await this.#call(
        (transport, signal) => transport.columns(this.table, signal),
        () => undefined,
      );
      if (columns !== undefined) {
        for (const row of rows) for (const path of findUnknownPaths(row.payload, columns)) paths.add(path);
      }
    }
    for (const path of paths) {
      if (!this.#unknown.learn(path)) continue;
      this.#options.diagnostics.warn(
        `unknown-column:${this.table}.${path}`,
        `BigQuery table ${this.table} has no column ${path}; it is left out. spanledger init adds it`,
      );
    }
  }

  async #send(rows: readonly HeldRow[], sent: readonly string[]): Promise<InsertOutcome> {
    const { clock, books } = this.#options;
    const insertRows = rows.map((row, index) => ({
      insertId: resolveInsertId(row.key),
      json: sent[index] ?? row.payload,
    }));
    const startedAt = clock.monotonic();
    const outcome = await this.#call<InsertOutcome>(
      (transport, signal) => transport.insert(this.table, insertRows, signal),
      (reason) => ({ status: 'unavailable', reason }),
    );
    const error = outcome.status === 'answered' ? undefined : outcome.reason;
    books.requests += 1;
    if (error !== undefined) books.failedRequests += 1;
    this.#options.onRequest({
      destination: 'bigquery',
      table: this.table,
      rows: rows.length,
      durationMillis: clock.monotonic() - startedAt,
      error,
    });
    return outcome;
  }

  #call<T>(
    action: (transport: InsertTransport, signal: AbortSignal) => Promise<T>,
    otherwise: (reason: string) => T,
  ): Promise<T> {
    return callWithin({
      clock: this.#options.clock,
      timeoutMillis: this.#options.config.requestTimeoutMillis,
      stop: this.#stop.signal,
      action: async (signal) => action(await this.#options.transport(), signal),
      otherwise,
    });
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

/** The key itself; its digest where it is longer than an insert id may be. */
export function resolveInsertId(key: string): string {
  return key.length <= MAX_INSERT_ID_LENGTH ? key : createHash('sha256').update(key).digest('hex');
}
