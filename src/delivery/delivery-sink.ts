/**
 * The way of a row to BigQuery: intake → outbox on disk (or bounded memory) → table lane → fallback lane. A row leaves a
 * store only when its destination confirmed it, so that at any moment each accepted row is in exactly one place:
 * `received = stored + fallback + pending + dropped`. Neither SQLite nor a Google client is loaded before the first row.
 */
import { addAbortListener, removeAbortListener } from '../base/abort-listeners.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import { DeliveryBooks } from './delivery-books.ts';
import { type DeliveryConfig, TABLE_NAMES } from './delivery-config.ts';
import type { DeliveryDependencies, DeliverySink, DeliveryStats } from './delivery-contract.ts';
import { FallbackLane } from './fallback-lane.ts';
import type { FallbackWriter } from './fallback-writer.ts';
import { LastResort } from './last-resort.ts';
import { MemoryRowStore } from './memory-row-store.ts';
import { OutboxDirectory } from './outbox-directory.ts';
import { RecentKeys } from './recent-keys.ts';
import type { FlushResult, LedgerEntry, WriteResult } from './record-sink.ts';
import { rememberSuccess } from './remember-success.ts';
import { RowIntake } from './row-intake.ts';
import type { PendingRow, RowStore } from './row-store.ts';
import { TableLane } from './table-lane.ts';

/** Opening the outbox of an earlier process waits for the host's own start. */
const ADOPTION_DELAY_MILLIS = 1_000;

/**
 * Composes outbox, primary destination and fallback to one sink.
 *
 * @example
 * ```ts
 * const sink = createDeliverySink(
 *   { ...DEFAULT_DELIVERY, outbox: { directory: '.spanledger/outbox', maxBytes: 1_073_741_824, whenFull: 'oldest-to-fallback', durability: 'process' } },
 *   { diagnostics: createDiagnostics(), transport: async () => createBigQueryTransport(options) },
 * );
 * ```
 */
export function createDeliverySink(config: DeliveryConfig, dependencies: DeliveryDependencies): DeliverySink {
  return new Delivery(config, dependencies);
}

class Delivery implements DeliverySink {
  readonly name = 'delivery';
  readonly #config: DeliveryConfig;
  readonly #diagnostics: Diagnostics;
  readonly #clock: Clock;
  readonly #books: DeliveryBooks = new DeliveryBooks();
  readonly #lastResort: LastResort;
  readonly #recentKeys: RecentKeys = new RecentKeys();
  readonly #memory: MemoryRowStore;
  readonly #directory: OutboxDirectory | undefined;
  readonly #lanes: readonly TableLane[];
  readonly #fallback: FallbackLane;
  readonly #intake: RowIntake;
  #writer: FallbackWriter | undefined;
  /** Called at each change, for those who wait for delivery. */
  readonly #observers: Set<() => void> = new Set();
  /** Settled results of rows that a write waits for. */
  readonly #awaited: Map<string, (result: WriteResult) => void> = new Map();
  readonly #stopped: AbortController = new AbortController();
  /** Flushes under way. */
  #flushes = 0;
  /** Monotonic time of the last flush. */
  #flushedAt = Number.NEGATIVE_INFINITY;
  #shutdown: Promise<FlushResult> | undefined;

  constructor(config: DeliveryConfig, dependencies: DeliveryDependencies) {
    const clock = dependencies.clock ?? systemClock;
    this.#config = config;
    this.#diagnostics = dependencies.diagnostics;
    this.#clock = clock;
    const writeLine = dependencies.writeLine ?? ((line) => process.stderr.write(`${line}\n`));
    this.#lastResort = new LastResort(this.#books, writeLine, dependencies.projectId);
    this.#memory = new MemoryRowStore(config.maxMemoryBytes, () => clock.monotonic());
    this.#directory =
      config.outbox &&
      new OutboxDirectory({
        config: config.outbox,
        clock,
        diagnostics: this.#diagnostics,
        onLoss: (rows) => this.#books.settle({ status: 'dropped', reason: 'outbox-damaged' }, rows),
        onAdopt: (rows) => this.#books.adopt(rows),
      });
    const shared = {
      config,
      clock,
      diagnostics: this.#diagnostics,
      books: this.#books,
      stores: () => this.#stores(),
      onSettled: (row: PendingRow, result: WriteResult) => this.#onSettled(row, result),
      onChange: () => this.#onChange(),
      onRequest: dependencies.onRequest ?? (() => undefined),
      ...(dependencies.random !== undefined && { random: dependencies.random }),
    };
    const transport = rememberSuccess(dependencies.transport, clock, config.requestTimeoutMillis);
    this.#lanes = TABLE_NAMES.map((table) => new TableLane({ ...shared, table, transport }));
    const makeWriter = dependencies.fallback;
    this.#fallback = new FallbackLane({
      ...shared,
      lanes: this.#lanes,
      writer:
        makeWriter &&
        rememberSuccess(
          async () => {
            this.#writer = await makeWriter();
            return this.#writer;
          },
          clock,
          config.requestTimeoutMillis,
        ),
      lastResort: this.#lastResort,
    });
    this.#intake = new RowIntake({
      outbox: () => this.#directory?.own(),
      memory: this.#memory,
      refuseWhenFull: config.outbox?.whenFull === 'refuse-new',
      books: this.#books,
      recentKeys: this.#recentKeys,
      diagnostics: this.#diagnostics,
      now: () => clock.now(),
      lastResort: this.#lastResort,
      onHeld: () => {
        for (const lane of this.#lanes) lane.notify();
        // A full outbox makes room before the next rows come.
        this.#fallback.pump();
      },
    });
    if (this.#directory?.hasFiles() === true) this.#adoptAfter(ADOPTION_DELAY_MILLIS);
    else if (this.#directory !== undefined) this.#adoptAfter(config.adoptionIntervalMillis);
  }

  async write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]> {
    if (this.#shutdown !== undefined) {
      return entries.map(() => {
        const result = { status: 'dropped', reason: 'shutdown' } as const;
        this.#books.received += 1;
        this.#books.settle(result);
        return result;
      });
    }
    const accepted = entries.map((entry) => this.#intake.accept(entry));
    return this.#config.serverless ? this.#deliverNow(entries, accepted) : Promise.all(accepted);
  }

  async flush(timeoutMillis: number): Promise<FlushResult> {
    await this.#intake.drain();
    if (this.#stopped.signal.aborted) return this.#describe('shutdown');
    // Rows that an earlier process left are delivered as well.
    if (this.#directory?.hasFiles() === true) this.#openOutbox();
    const startedAt = this.#clock.monotonic();
    this.#flushedAt = startedAt;
    this.#hurry(1);
    this.#onChange();
    return new Promise((resolve) => {
      const finish = (detail: string | undefined): void => {
        if (detail === undefined || !this.#observers.has(check)) return;
        this.#hurry(-1);
        timer.cancel();
        this.#observers.delete(check);
        removeAbortListener(this.#stopped.signal, stop);
        resolve(this.#describe(detail));
      };
      const check = (): void => finish(this.#findEnd(startedAt));
      const stop = (): void => finish('shutdown');
      const timer = this.#clock.setTimer(() => finish(`deadline of ${timeoutMillis} ms passed`), timeoutMillis);
      this.#observers.add(check);
      addAbortListener(this.#stopped.signal, stop);
      check();
    });
  }

  shutdown(timeoutMillis: number): Promise<FlushResult> {
    this.#shutdown ??= this.#close(timeoutMillis);
    return this.#shutdown;
  }

  stats(): DeliveryStats {
    const stores = this.#stores();
    const held = stores.reduce((sum, store) => sum + store.rowCount, 0);
    const durable = stores.reduce((sum, store) => sum + (store.durable ? store.rowCount : 0), 0);
    const { received, adopted, stored, fallback, lastResort, rowsCut, requests, failedRequests, dropped } = this.#books;
    return {
      received,
      stored,
      fallback,
      pending: held + this.#intake.waitingCount,
      dropped,
      adopted,
      durable,
      lastResort,
      rowsCut,
      requests,
      failedRequests,
      pendingBytes: stores.reduce((sum, store) => sum + store.sizeBytes, 0),
    };
  }

  persistSync(): void {
    this.#intake.drainSync();
    this.#emptyMemory('the process ended');
  }

  readmitRefused(): void {
    this.#openOutbox();
    for (const file of this.#directory?.files() ?? []) file.readmit();
  }

  #stores(): readonly RowStore[] {
    return [...(this.#directory?.files() ?? []), this.#memory];
  }

  async #close(timeoutMillis: number): Promise<FlushResult> {
    this.#fallback.hurriedSince = this.#clock.monotonic();
    const flushed = await this.flush(timeoutMillis);
    for (const lane of [...this.#lanes, this.#fallback]) lane.stop();
    this.#stopped.abort();
    // The rows of requests that were given up are released by then.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.persistSync();
    this.#directory?.close();
    void this.#writer?.close?.().catch(() => undefined);
    return this.#describe(flushed.detail);
  }

  async #deliverNow(
    entries: readonly LedgerEntry[],
    accepted: readonly Promise<WriteResult>[],
  ): Promise<readonly WriteResult[]> {
    const settled = new Map<string, WriteResult>();
    for (const { table, key } of entries) {
      const id = `${table}/${key}`;
      this.#awaited.set(id, (result) => settled.set(id, result));
    }
    const held = await Promise.all(accepted);
    await this.flush(this.#config.serverlessTimeoutMillis);
    return entries.map(({ table, key }, index) => {
      const id = `${table}/${key}`;
      this.#awaited.delete(id);
      const first: WriteResult = held[index] ?? { status: 'dropped', reason: 'not-accepted' };
      return first.status === 'pending' ? (settled.get(id) ?? first) : first;
    });
  }

  #onSettled(row: PendingRow, result: WriteResult): void {
    this.#recentKeys.add(row.table, row.key);
    this.#awaited.get(`${row.table}/${row.key}`)?.(result);
  }

  #onChange(): void {
    if (this.#directory?.files().some((file) => file.damaged) === true) this.#directory.salvage();
    for (const lane of [...this.#lanes, this.#fallback]) {
      // A flush is owed an attempt of its own, whatever the backoff of the one before it.
      if (lane.circuit.lastFailedStart < this.#flushedAt) lane.circuit.expedite();
      lane.pump();
    }
    for (const observer of this.#observers) observer();
  }

  #hurry(by: 1 | -1): void {
    this.#flushes += by;
    for (const lane of this.#lanes) lane.isHurried = this.#flushes > 0;
  }

  /** Why a flush that began at `startedAt` need not go on; undefined while it should. */
  #findEnd(startedAt: number): string | undefined {
    const { pending, durable } = this.stats();
    if (pending === 0) return 'every row is stored or in the fallback';
    if (durable < pending) return undefined;
    const busy = [...this.#lanes, this.#fallback].some((lane) => lane.inFlight > 0);
    const waiting = this.#lanes.filter((lane) => lane.dueCount > 0);
    const hasTried = waiting.every(({ circuit }) => circuit.isOpen && circuit.lastFailedStart >= startedAt);
    if (busy || !hasTried) return undefined;
    const reason = waiting[0]?.circuit.lastReason ?? this.#fallback.circuit.lastReason;
    return `BigQuery or the fallback does not take the rest now: ${reason}`;
  }

  #describe(detail: string): FlushResult {
    const { pending, durable } = this.stats();
    const places = pending === 0 ? '' : `; ${durable} rows durable on disk, ${pending - durable} in memory`;
    return { settled: durable === pending, pending, detail: `${detail}${places}` };
  }

  #adoptAfter(delayMillis: number): void {
    this.#clock.setTimer(() => {
      if (this.#stopped.signal.aborted) return;
      if (this.#directory?.hasFiles() === true) {
        this.#openOutbox();
        this.#onChange();
      }
      this.#adoptAfter(this.#config.adoptionIntervalMillis);
    }, delayMillis);
  }

  #openOutbox(): void {
    try {
      this.#directory?.own();
      this.#directory?.adopt();
    } catch (error) {
      this.#diagnostics.warn('outbox-unavailable', `Outbox: ${describeError(error)}`);
    }
  }

  #emptyMemory(reason: string): void {
    for (const row of this.#memory.takeAll()) {
      const result = { status: 'fallback', reason: row.refusal ?? reason } as const;
      this.#lastResort.write(row, result.reason);
      this.#books.settle(result);
      this.#onSettled(row, result);
    }
  }
}
