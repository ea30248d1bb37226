/**
 * One seeded schedule: a process writes rows while BigQuery, Cloud Logging, the process and its clock misbehave in random
 * order; then all faults stop, the last start delivers, and the oracle compares.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_DELIVERY, type DeliveryConfig } from '../../src/delivery/delivery-config.ts';
import type { DeliveryStats } from '../../src/delivery/delivery-contract.ts';
import type { LedgerEntry, TableName } from '../../src/delivery/row-sink.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { imbalance } from '../conformance/row-sink-suite.ts';
import { DeliveryProcess } from '../support/delivery-process.ts';
import { DATASET, DELIVERY_TABLES, RATINGS, TABLE } from '../support/delivery-tables.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { LoopbackLogging } from '../support/loopback-logging.ts';
import { redacted } from '../support/redacted.ts';
import { sampleRow } from '../support/sample-rows.ts';
import { DeliveryOracle, type Verdict } from './delivery-oracle.ts';
import { drawBigQueryFault, drawLoggingFault, nameFault } from './fault-choice.ts';
import { Random } from './random.ts';

/** How the last start delivers: in time for whatever the machine does besides. */
const LAST: Partial<DeliveryConfig> = { requestTimeoutMillis: 20_000, maxBatchRows: 500, maxBatchBytes: 8_000_000 };

const MAX_DWELL_MILLIS = 150;
const MAX_RECOVERY_MILLIS = 120_000;

export interface ScheduleVerdict extends Verdict {
  /** Faults that fell on a request, by name. */
  readonly faults: ReadonlyMap<string, number>;
}

/** A process is used for many schedules, until one kills it. */
export class ScheduleRunner {
  #process: DeliveryProcess | undefined;
  #nextSink = 1;

  async run(seed: number): Promise<ScheduleVerdict> {
    const schedule = new Schedule(seed);
    await schedule.start();
    try {
      return await schedule.run(this);
    } finally {
      await schedule.close();
    }
  }

  get process(): DeliveryProcess {
    if (this.#process?.isAlive !== true) this.#process = new DeliveryProcess();
    return this.#process;
  }

  takeSinkNumber(): number {
    return this.#nextSink++;
  }

  async close(): Promise<void> {
    if (this.#process?.isAlive === true) await this.#process.kill();
  }
}

class Schedule {
  readonly #seed: number;
  readonly #random: Random;
  /** Apart, because how many requests there are depends on the machine; the steps depend on the seed alone. */
  readonly #faultRandom: Random;
  readonly #faults: Map<string, number> = new Map();
  readonly #oracle: DeliveryOracle = new DeliveryOracle();
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'spanledger-faults-'));
  readonly #running: Promise<unknown>[] = [];
  readonly #config: DeliveryConfig;
  readonly #lines: string[] = [];
  /** Share of requests that fail now. */
  #bigQueryFaultRate = 0;
  #loggingFaultRate = 0;
  #bigQuery: LoopbackBigQuery | undefined;
  #logging: LoopbackLogging | undefined;
  #written = 0;
  /** Sinks that can never reach BigQuery. */
  readonly #faultySinks: Set<number> = new Set();
  /** A row was written that takes longer than a request may here. */
  #hasHugeRow = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#faultRandom = new Random(seed ^ 0x5bd1e995);
    const random = this.#random;
    const hasDisk = random.chance(0.85);
    this.#config = {
      ...DEFAULT_DELIVERY,
      outbox: hasDisk
        ? {
            directory: this.#directory,
            maxBytes: 1e9,
            whenFull: 'oldest-to-fallback',
            durability: random.pick(['process', 'power']),
          }
        : undefined,
      maxBatchRows: random.pick([1, 7, 50, 500]),
      maxBatchBytes: random.pick([2_000, 8_000_000]),
      lingerMillis: random.pick([0, 2, 10]),
      concurrency: random.pick([1, 4]),
      // Also on a busy machine longer than an answer takes; a server that hangs costs this much.
      requestTimeoutMillis: 300,
      retry: { initialMillis: 2, maxMillis: 15, multiplier: 2, totalMillis: random.pick([20, 100, 10_000]) },
      serverless: random.chance(0.1),
      serverlessTimeoutMillis: 50,
      adoptionIntervalMillis: 30,
      unknownColumnMillis: random.pick([20, 10_000]),
    };
  }

  async start(): Promise<void> {
    this.#bigQuery = await LoopbackBigQuery.start();
    this.#logging = await LoopbackLogging.start();
    this.#createTables(this.#bigQuery);
    this.#bigQuery.faults = ({ rowCount, operation }) => {
      if (!this.#faultRandom.chance(this.#bigQueryFaultRate)) return undefined;
      const fault = drawBigQueryFault(this.#faultRandom, operation === 'insertAll' ? Math.max(rowCount, 1) : 1);
      return this.#count(`bigquery ${nameFault(fault)}`, fault);
    };
    this.#logging.faults = () => {
      if (!this.#faultRandom.chance(this.#loggingFaultRate)) return undefined;
      const fault = drawLoggingFault(this.#faultRandom);
      return this.#count(`logging ${fault.kind}`, fault);
    };
  }

  async run(runner: ScheduleRunner): Promise<ScheduleVerdict> {
    let sinks = [await this.#open(runner)];
    if (this.#config.outbox !== undefined && this.#random.chance(0.2)) sinks.push(await this.#open(runner));
    if (this.#random.chance(0.8)) this.#changeFaults();
    const steps = 4 + this.#random.below(10);
    for (let step = 0; step < steps; step++) {
      const sink = sinks[this.#random.below(sinks.length)] ?? 0;
      const action = this.#random.next();
      if (action < 0.45) {
        this.#write(runner.process, sink);
        if (this.#random.chance(0.6)) await this.#dwell();
      } else if (action < 0.6) this.#changeFaults();
      else if (action < 0.68) this.#running.push(runner.process.flush(sink, this.#random.pick([0, 10, 100])));
      else if (action < 0.76) await this.#dwell();
      else if (action < 0.8) this.#changeColumns();
      else if (action < 0.83) await runner.process.block(this.#random.pick([5, 100]));
      else if (action < 0.86) await runner.process.shiftClock(this.#random.pick([-3_600_000, 3_600_000]));
      else if (action < 0.89) this.#loseTable();
      else if (action < 0.95) {
        await this.#shutDown(runner.process, sinks);
        if (this.#random.chance(0.3)) this.#write(runner.process, sink);
        sinks = [await this.#open(runner)];
      } else if (this.#config.outbox !== undefined && this.#random.chance(0.5)) {
        if (this.#random.chance(0.7)) await runner.process.killAt(this.#random.below(60));
        this.#write(runner.process, sink);
        await pause(this.#random.below(20));
        await runner.process.kill();
        sinks = [await this.#open(runner)];
      }
      if (!runner.process.isAlive) sinks = [await this.#open(runner)];
      await this.#checkBooks(runner.process, sinks);
    }
    return this.#finish(runner, sinks);
  }

  async close(): Promise<void> {
    this.#logging?.close();
    await this.#bigQuery?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** No faults any more: a last start delivers everything. */
  async #finish(runner: ScheduleRunner, sinks: readonly number[]): Promise<ScheduleVerdict> {
    const bigQuery = this.#server(this.#bigQuery);
    const logging = this.#server(this.#logging);
    await this.#dwell();
    this.#bigQueryFaultRate = 0;
    this.#loggingFaultRate = 0;
    logging.refusesEntry = () => false;
    this.#createTables(bigQuery);
    await Promise.all(this.#running);
    for (const sink of sinks) await this.#checkRecovery(runner.process, sink);
    await this.#shutDown(runner.process, sinks);
    const last = await this.#open(runner, 'last');
    const flushed = await runner.process.flush(last, 120_000);
    if (flushed?.pending !== 0) this.#oracle.report(`not everything was delivered: ${JSON.stringify(flushed)}`);
    await this.#shutDown(runner.process, [last]);
    this.#collect(runner.process);
    const payloads = [
      ...logging.entries().map(({ jsonPayload }) => jsonPayload),
      ...this.#lines.map((line): unknown => JSON.parse(line)),
    ];
    return {
      ...this.#oracle.judge(
        bigQuery,
        DELIVERY_TABLES.map(({ name }) => name),
        payloads,
      ),
      faults: this.#faults,
    };
  }

  /** Lets the servers see some more requests, so that the faults of now fall on something. */
  async #dwell(): Promise<void> {
    // Long enough, now and then, for rows to wait too long for BigQuery.
    if (this.#random.chance(0.2)) await pause(MAX_DWELL_MILLIS);
    const seen = (): number => this.#server(this.#bigQuery).requests.length + this.#server(this.#logging).writes.length;
    const target = seen() + 1 + this.#random.below(8);
    const until = performance.now() + MAX_DWELL_MILLIS;
    while (seen() < target && performance.now() < until) await pause(2);
  }

  /** Without a restart, everything is delivered once the faults stop. */
  async #checkRecovery(child: DeliveryProcess, sink: number): Promise<void> {
    if (this.#faultySinks.has(sink) || this.#hasHugeRow) return;
    const until = performance.now() + MAX_RECOVERY_MILLIS;
    for (;;) {
      const flushed = await child.flush(sink, 5_000);
      if (flushed === undefined || flushed.pending === 0) return;
      if (performance.now() > until) {
        this.#oracle.report(`the faults stopped, and it did not recover: ${JSON.stringify(flushed)}`);
        return;
      }
    }
  }

  #count<T>(name: string, fault: T): T {
    this.#faults.set(name, (this.#faults.get(name) ?? 0) + 1);
    return fault;
  }

  #collect(child: DeliveryProcess): void {
    this.#lines.push(...child.lines.splice(0));
    for (const violation of child.violations.splice(0)) this.#oracle.report(violation);
  }

  async #open(runner: ScheduleRunner, mode: 'quick' | 'last' = 'quick'): Promise<number> {
    const sink = runner.takeSinkNumber();
    const isFaulty = mode === 'quick' && this.#random.chance(0.1);
    if (isFaulty) this.#faultySinks.add(sink);
    const hasName = !isFaulty || this.#random.chance(0.7);
    await runner.process.open({
      sink,
      config: mode === 'last' ? { ...this.#config, ...LAST } : this.#config,
      bigQuery: { projectId: 'test-project', datasetId: DATASET, table: TABLE },
      bigQueryUrl: hasName ? this.#server(this.#bigQuery).url : 'http://bigquery.invalid',
      loggingPort: this.#server(this.#logging).port,
      transportFails: isFaulty && hasName,
    });
    return sink;
  }

  #write(child: DeliveryProcess, sink: number): void {
    const entries = this.#drawEntries();
    this.#oracle.offer(entries);
    this.#running.push(child.write(sink, entries).then((results) => this.#oracle.promise(entries, results)));
  }

  #drawEntries(): LedgerEntry[] {
    const random = this.#random;
    const table = random.pick<TableName>(['conversation_logs', 'conversation_logs', 'feedback', 'ratings']);
    const count = random.pick([1, 1, 3, 20, 150]);
    const entries = Array.from({ length: count }, () => this.#drawEntry(table));
    // The same turn exported twice.
    if (random.chance(0.1) && entries[0] !== undefined) entries.push(entries[0]);
    return entries;
  }

  #drawEntry(table: TableName): LedgerEntry {
    const id = `s${this.#seed}-${this.#written++}`;
    const random = this.#random;
    if (table === RATINGS.name) {
      const row = { message_id: id, timestamp: new Date().toISOString(), rating: random.below(1_000) };
      return { table, key: `${id}:1:rating`, row: redacted(row, RATINGS) };
    }
    const kind = random.next();
    if (kind < 0.02) return sampleRow(id, { prompt_token_count: 'many' }, table);
    if (kind < 0.03) return sampleRow(id, { tools_used: null }, table);
    if (kind < 0.035) return sampleRow(id, { agent_response: '€'.repeat(100_000) }, table);
    if (kind < 0.036) {
      this.#hasHugeRow = true;
      return sampleRow(id, { user_question: 'x'.repeat(11_000_000) }, table);
    }
    return sampleRow(id, {}, table);
  }

  #changeFaults(): void {
    this.#bigQueryFaultRate = this.#random.pick([0, 0.2, 0.7, 1]);
    this.#loggingFaultRate = this.#random.pick([0, 0, 0.5, 1]);
    const digit = this.#random.chance(0.4) ? `${this.#random.below(10)}:1/` : undefined;
    this.#server(this.#logging).refusesEntry = (insertId) =>
      digit !== undefined && insertId.includes(digit) && this.#count('logging refused entry', true);
  }

  #changeColumns(): void {
    const table = this.#server(this.#bigQuery).tables.find(this.#random.pick(['conversation_logs', 'feedback']));
    if (table === undefined) return;
    if (this.#random.chance(0.3)) {
      table.fields = CONVERSATION_LOGS.columns;
      return;
    }
    const removed = this.#random.pick(['trace_id', 'span_id', 'sampled', 'client_info', 'tools_used']);
    this.#oracle.columnRemoved(removed);
    table.fields = table.fields.filter(({ name }) => name !== removed);
  }

  /** The table is gone for a while, or is new and not known everywhere yet. Its rows are kept for the oracle. */
  #loseTable(): void {
    const table = this.#server(this.#bigQuery).tables.find('conversation_logs');
    if (table === undefined) return;
    table.notFoundInserts = this.#random.pick([1, 3, 20]);
  }

  async #shutDown(child: DeliveryProcess, sinks: readonly number[]): Promise<void> {
    const timeoutMillis = this.#random.pick([0, 10, 200]);
    const results = await Promise.all(
      sinks.flatMap((sink) => [child.shutdown(sink, timeoutMillis), child.shutdown(sink, timeoutMillis)]),
    );
    for (const result of results) {
      if (result !== undefined && !result.settled) this.#oracle.report(`shutdown left rows: ${result.detail}`);
    }
    await this.#checkBooks(child, sinks);
    this.#collect(child);
  }

  async #checkBooks(child: DeliveryProcess, sinks: readonly number[]): Promise<void> {
    const stats = await Promise.all(sinks.map((sink) => child.stats(sink)));
    for (const books of stats) {
      if (books !== undefined && imbalance(books) !== 0) this.#oracle.report(`books: ${render(books)}`);
    }
  }

  #createTables(bigQuery: LoopbackBigQuery): void {
    for (const { name, columns } of DELIVERY_TABLES) {
      const table = bigQuery.tables.find(name) ?? bigQuery.addTable(DATASET, name, columns);
      table.fields = columns;
      table.notFoundInserts = 0;
    }
  }

  #server<T>(server: T | undefined): T {
    if (server === undefined) throw new Error('the schedule was not started');
    return server;
  }
}

function render(stats: DeliveryStats): string {
  return JSON.stringify(stats);
}
