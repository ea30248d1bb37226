/**
 * The way of a row to BigQuery: intake → outbox on disk (or bounded memory) → table lane → fallback lane. A row leaves a
 * store only when its destination confirmed it, so that at any moment each accepted row is in exactly one place:
 * `received = stored + fallback + pending + dropped`. Neither SQLite nor a Google client is loaded before the first row.
 */
import { type Clock, systemClock } from '../base/clock.ts';
import { RecentSet } from '../base/recent-set.ts';
import { AwaitedRows } from './awaited-rows.ts';
import { DeliveryBooks, type SettledResult } from './delivery-books.ts';
import type { DeliveryConfig } from './delivery-config.ts';
import type { DeliveryDependencies, DeliveryStats } from './delivery-contract.ts';
import { FallbackLane } from './fallback-lane.ts';
import type { FallbackWriter } from './fallback-writer.ts';
import { describeFlush, FlushWatch } from './flush-watch.ts';
import type { LaneOptions } from './lane-options.ts';
import { createLastResort, type LastResort } from './last-resort.ts';
import { MemoryRowStore } from './memory-row-store.ts';
import { startAdoption } from './outbox-adoption.ts';
import { OutboxDirectory } from './outbox-directory.ts';
import { rememberSuccess } from './remember-success.ts';
import { RowIntake } from './row-intake.ts';
import type { FlushResult, LedgerEntry, RowSink, TableName, WriteResult } from './row-sink.ts';
import type { PendingRow, RowStore } from './row-store.ts';
import { TableLane } from './table-lane.ts';

/** Keys settled last, so that a turn exported twice is one row. Older ones are left to the insert id and to the view. */
const MAX_RECENT_KEYS = 10_000;

/**
 * Composes outbox, primary destination and fallback to one sink.
 *
 * @example
 * ```ts
 * const sink = new DeliverySink(
 *   { ...DEFAULT_DELIVERY, outbox: { directory: '.spanledger/outbox', maxBytes: 1_073_741_824, whenFull: 'oldest-to-fallback', durability: 'process' } },
 *   { diagnostics: createDiagnostics(), transport: async () => createBigQueryTransport(options) },
 * );
 * ```
 */
export class DeliverySink implements RowSink {
  readonly name = 'delivery';
  readonly #config: DeliveryConfig;
  readonly #clock: Clock;
  readonly #books: DeliveryBooks = new DeliveryBooks();
  readonly #lastResort: LastResort;
  /** `table/key`. */
  readonly #recentKeys: RecentSet<string> = new RecentSet(MAX_RECENT_KEYS);
  readonly #memory: MemoryRowStore;
  readonly #directory: OutboxDirectory | undefined;
  /** By table, made when a store first holds rows of it. */
  readonly #lanes: Map<TableName, TableLane> = new Map();
  readonly #makeLane: (table: TableName) => TableLane;
  readonly #fallback: FallbackLane;
  readonly #intake: RowIntake;
  #writer: FallbackWriter | undefined;
  readonly #flushes: FlushWatch;
  readonly #awaited: AwaitedRows = new AwaitedRows();
  readonly #stopped: AbortController = new AbortController();
  #shutdown: Promise<FlushResult> | undefined;

  constructor(config: DeliveryConfig, dependencies: DeliveryDependencies) {
    const { clock = systemClock, diagnostics } = dependencies;
    this.#config = config;
    this.#clock = clock;
    const writeLine = dependencies.writeLine ?? ((line) => process.stderr.write(`${line}\n`));
    this.#lastResort = createLastResort(this.#books, writeLine, dependencies.projectId);
    this.#memory = new MemoryRowStore(config.maxMemoryBytes, clock);
    this.#directory =
      config.outbox &&
      new OutboxDirectory({
        config: config.outbox,
        clock,
        diagnostics,
        onLoss: (rows) => this.#books.settle({ status: 'dropped', reason: 'outbox-damaged' }, rows),
        onAdopt: (rows) => this.#books.adopt(rows),
      });
    const shared: LaneOptions = {
      config,
      clock,
      diagnostics,
      books: this.#books,
      stores: () => this.#stores(),
      onSettled: (row, result) => this.#onSettled(row, result),
      onChange: () => this.#onChange(),
      onRequest: dependencies.onRequest ?? (() => undefined),
      random: dependencies.random,
    };
    const transport = rememberSuccess(dependencies.transport, clock, config.requestTimeoutMillis);
    const isHurried = (): boolean => this.#flushes.isUnderWay;
    this.#makeLane = (table) => new TableLane({ ...shared, table, transport, isHurried });
    const makeWriter = dependencies.fallback;
    this.#fallback = new FallbackLane({
      ...shared,
      lanes: () => this.#openLanes(),
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
    this.#flushes = new FlushWatch({
      clock,
      stats: () => this.stats(),
      lanes: () => this.#openLanes(),
      fallback: this.#fallback,
      stop: this.#stopped.signal,
    });
    this.#intake = new RowIntake({
      ...shared,
      outbox: () => this.#directory?.own(),
      memory: this.#memory,
      recentKeys: this.#recentKeys,
      lastResort: this.#lastResort,
      isClosed: () => this.#shutdown !== undefined,
      onHeld: () => {
        for (const lane of this.#openLanes()) lane.notify();
        // A full outbox makes room before the next rows come.
        this.#fallback.pump();
      },
    });
    if (this.#directory !== undefined) {
      startAdoption({
        directory: this.#directory,
        clock,
        intervalMillis: config.adoptionIntervalMillis,
        onAdopted: () => this.#onChange(),
        stop: this.#stopped.signal,
      });
    }
  }

  async write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]> {
    const accepted = entries.map((entry) => this.#intake.accept(entry));
    if (!this.#config.serverless || this.#shutdown !== undefined) return Promise.all(accepted);
    return this.#awaited.collect(entries, accepted, () => this.flush(this.#config.serverlessTimeoutMillis));
  }

  async flush(timeoutMillis: number): Promise<FlushResult> {
    await this.#intake.drain();
    if (this.#stopped.signal.aborted) return describeFlush('shutdown', this.stats());
    // Rows that an earlier process left are delivered as well.
    if (this.#directory?.hasFiles() === true) this.#directory.adopt();
    return this.#flushes.wait(timeoutMillis, () => this.#onChange());
  }

  shutdown(timeoutMillis: number): Promise<FlushResult> {
    this.#shutdown ??= this.#close(timeoutMillis);
    return this.#shutdown;
  }

  stats(): DeliveryStats {
    const stores = this.#stores();
    const held = stores.reduce((sum, store) => sum + store.counts.rowCount, 0);
    const durable = stores.reduce((sum, store) => sum + (store.durable ? store.counts.rowCount : 0), 0);
    const { received, adopted, stored, fallback, lastResort, rowsCut, dropped } = this.#books;
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
      pendingBytes: stores.reduce((sum, store) => sum + store.counts.sizeBytes, 0),
    };
  }

  /** Puts on disk, or on standard error, what only memory holds. Synchronous, for the process's `exit` event. */
  persistSync(): void {
    this.#intake.drainSync();
    for (const row of this.#memory.takeAll()) {
      const result = { status: 'fallback', reason: row.refusal ?? 'process-ended' } as const;
      this.#lastResort(row, result.reason);
      this.#onSettled(row, result);
    }
  }

  /** Sends rows that BigQuery refused, and no fallback took, to BigQuery again. For an operator who has changed the table. */
  readmitRefused(): void {
    this.#directory?.adopt();
    for (const file of this.#directory?.files() ?? []) file.readmit();
  }

  #stores(): readonly RowStore[] {
    return [...(this.#directory?.files() ?? []), this.#memory];
  }

  #openLanes(): readonly TableLane[] {
    for (const store of this.#stores()) {
      for (const table of store.counts.tables) {
        if (!this.#lanes.has(table)) this.#lanes.set(table, this.#makeLane(table));
      }
    }
    return [...this.#lanes.values()];
  }

  async #close(timeoutMillis: number): Promise<FlushResult> {
    this.#fallback.hurriedSince = this.#clock.monotonic();
    const flushed = await this.flush(timeoutMillis);
    for (const lane of [...this.#lanes.values(), this.#fallback]) lane.stop();
    this.#stopped.abort();
    // The rows of requests that were given up are released by then.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.persistSync();
    this.#directory?.close();
    void this.#writer?.close?.().catch(() => undefined);
    return describeFlush(flushed.detail, this.stats());
  }

  #onSettled(row: PendingRow, result: SettledResult): void {
    this.#books.settle(result);
    const id = `${row.table}/${row.key}`;
    this.#recentKeys.add(id);
    this.#awaited.settle(id, result);
  }

  #onChange(): void {
    if (this.#directory?.files().some((file) => file.damaged) === true) this.#directory.salvage();
    if (this.#stopped.signal.aborted) return;
    for (const lane of [...this.#openLanes(), this.#fallback]) {
      // A flush is owed an attempt of its own, whatever the backoff of the one before it.
      if (lane.circuit.lastFailedStart < this.#flushes.startedAt) lane.circuit.expedite();
      lane.pump();
    }
    this.#flushes.check();
  }
}
