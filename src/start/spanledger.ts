import { checkNode } from '../base/check-node.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { createDiagnostics, type Diagnostics } from '../base/diagnostics.ts';
import type { Sampler, SpanProcessor } from '../base/sdk-types.ts';
import { type ResolvedConfig, resolveConfig } from '../config/resolve-config.ts';
import { resolveContentPolicies } from '../config/resolve-content-policies.ts';
import type { FlushResult, SinkStats } from '../delivery/row-sink.ts';
import { AdkSpanProcessor } from '../instrumentation/adk/adk-span-processor.ts';
import { classifySpan } from '../record/dialects/classify-span.ts';
import { TurnProcessor, type TurnProcessorStats } from '../spans/turn-processor.ts';
import { AddedSpanProcessors } from '../traces/added-span-processors.ts';
import type { SpanExportStats } from '../traces/span-export-queue.ts';
import { describeStart } from './describe-start.ts';
import { Rows } from './rows.ts';
import { isSignOfLifeWanted } from './sign-of-life.ts';
import { SilenceWatch } from './silence-watch.ts';
import { type StartOptions, settingsOf } from './start-options.ts';
import { createTracePipeline, type TracePipeline } from './trace-pipeline.ts';
import { warnOfConfig } from './warn-of-config.ts';

export interface SpanledgerStats {
  readonly turns: TurnProcessorStats;
  /** The books of the rows: `received = stored + fallback + pending + dropped`. */
  readonly rows: SinkStats;
  /** Spans of each trace exporter. */
  readonly traces: Readonly<Record<string, SpanExportStats>>;
  /** How often each problem was met, by its code. */
  readonly problems: Readonly<Record<string, number>>;
}

/** A running ledger: what a tracer provider needs from it, and what a host can ask of it. */
export interface Spanledger {
  /**
   * Adds a neighbour's processor behind our own: it is flushed and shut down with the ledger. After `start()`, libraries that
   * ask the global tracer provider for a method of this name find it.
   */
  addSpanProcessor(processor: SpanProcessor): void;
  /** For the `spanProcessors` of a tracer provider or of `NodeSDK`, in this order. */
  readonly spanProcessors: readonly SpanProcessor[];
  /** For the `sampler` of the same: records agent turns that the wrapped sampler leaves out. */
  readonly sampler: Sampler;
  readonly config: ResolvedConfig;
  /** Where the package's own messages go. */
  readonly diagnostics: Diagnostics;
  /**
   * Writes every finished turn and delivers its row. Never rejects.
   *
   * @param timeoutMillis default: the setting `flushTimeoutSeconds`
   * @returns whether everything is stored, in the fallback or durable on disk, and what is not
   */
  flush(timeoutMillis?: number): Promise<FlushResult>;
  /** As `flush`, with turns that are still open written as incomplete; they are amended if they go on. */
  flushAll(timeoutMillis?: number): Promise<FlushResult>;
  /** As `flushAll`; then stops: later spans are ignored. Safe to call twice. */
  shutdown(timeoutMillis?: number): Promise<FlushResult>;
  /**
   * As far as it can be done without waiting: for the process's `exit` event.
   *
   * @param isShutdown whether to say what became of the rows, as `shutdown` does. Default false: a script ends quietly
   */
  finishSync(isShutdown?: boolean): void;
  stats(): SpanledgerStats;
}

interface SettleWork {
  readonly turns: () => Promise<void>;
  readonly rows: (timeoutMillis: number) => Promise<FlushResult>;
  readonly traces: (processor: SpanProcessor) => Promise<void>;
}

/**
 * Builds the ledger without touching anything global, for a host that starts OpenTelemetry itself: it adds
 * `spanProcessors` and `sampler` to its own provider. `start` does the rest for a host that does not.
 *
 * @throws {ConfigurationError} on a setting that cannot be used, or a Node that is too old
 * @example
 * const ledger = createSpanledger({ project: 'my-project' });
 * const sdk = new NodeSDK({ spanProcessors: [...ledger.spanProcessors, mine], sampler: ledger.sampler });
 */
export function createSpanledger(options: StartOptions = {}): Spanledger {
  checkNode();
  const config = resolveConfig({ settings: settingsOf(options), configFile: options.configFile, env: options.env });
  const diagnostics = options.diagnostics ?? createDiagnostics({ level: config.values.logLevel });
  warnOfConfig(config, diagnostics);
  const ledger = new RunningLedger(config, options, diagnostics, options.clock ?? systemClock);
  const description = describeStart(config, options.sink, Object.keys(ledger.stats().traces));
  if (isSignOfLifeWanted(config)) diagnostics.info(`[spanledger] ${description}`);
  else diagnostics.debug(description);
  return ledger;
}

class RunningLedger implements Spanledger {
  readonly config: ResolvedConfig;
  readonly diagnostics: Diagnostics;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly sampler: Sampler;
  readonly #traces: TracePipeline;
  readonly #added = new AddedSpanProcessors();
  readonly #rows: Rows;
  readonly #turns: TurnProcessor;
  readonly #clock: Clock;
  readonly #watch: SilenceWatch | undefined;
  #shutdown: Promise<FlushResult> | undefined;

  constructor(config: ResolvedConfig, options: StartOptions, diagnostics: Diagnostics, clock: Clock) {
    const { values } = config;
    this.config = config;
    this.diagnostics = diagnostics;
    this.#clock = clock;
    this.#traces = createTracePipeline({
      config,
      sampler: options.sampler,
      content: resolveContentPolicies(values, options.redactors).traces,
      diagnostics,
      clock,
    });
    this.#rows = new Rows({
      config,
      sink: options.sink,
      enrichers: options.enrichers,
      redactors: options.redactors,
      keepTrace: (reading) => this.#traces.keeper.keep(reading),
      diagnostics,
      clock,
    });
    this.#watch = values.enabled && !config.sdkDisabled ? new SilenceWatch(diagnostics, clock) : undefined;
    this.#turns = new TurnProcessor({
      exporter: () => {
        this.#watch?.stop();
        return this.#rows.load();
      },
      classify: classifySpan,
      diagnostics,
      clock,
      zipMetricsTimeoutMillis: values.zipMetricsTimeoutSeconds * 1_000,
      turnTimeoutMillis: values.turnTimeoutSeconds * 1_000,
      maxHeldBytes: values.maxHeldBytes,
      settle: async () => {
        await this.#rows.flush(this.#defaultTimeoutMillis);
      },
    });
    const rows = values.enabled ? [new AdkSpanProcessor(), this.#turns] : [];
    const watch = this.#watch === undefined ? [] : [this.#watch];
    this.spanProcessors = [...rows, ...watch, ...this.#traces.processors, this.#added];
    this.sampler = this.#traces.sampler;
  }

  addSpanProcessor(processor: SpanProcessor): void {
    this.#added.add(processor);
  }

  flush(timeoutMillis: number = this.#defaultTimeoutMillis): Promise<FlushResult> {
    return this.#settle(timeoutMillis, {
      turns: () => this.#turns.writeFinished(),
      rows: (millis) => this.#rows.flush(millis),
      traces: (processor) => processor.forceFlush(),
    });
  }

  flushAll(timeoutMillis: number = this.#defaultTimeoutMillis): Promise<FlushResult> {
    return this.#settle(timeoutMillis, {
      turns: () => this.#turns.writeAll(),
      rows: (millis) => this.#rows.flush(millis),
      traces: (processor) => processor.forceFlush(),
    });
  }

  shutdown(timeoutMillis: number = this.#defaultTimeoutMillis): Promise<FlushResult> {
    this.#watch?.stop();
    this.#shutdown ??= this.#settle(timeoutMillis, {
      turns: () => this.#turns.stop(),
      rows: (millis) => this.#rows.shutdown(millis),
      traces: (processor) => processor.shutdown(),
    });
    return this.#shutdown;
  }

  finishSync(isShutdown = false): void {
    this.#turns.finishSync();
    this.#rows.persistSync(isShutdown);
  }

  stats(): SpanledgerStats {
    return {
      turns: this.#turns.stats(),
      rows: this.#rows.stats(),
      traces: this.#traces.stats(),
      problems: Object.fromEntries(this.diagnostics.counts()),
    };
  }

  /** Turns become rows, then rows are settled; traces go their own way, and neither may take more than the time. */
  async #settle(timeoutMillis: number, work: SettleWork): Promise<FlushResult> {
    const deadline = this.#clock.monotonic() + timeoutMillis;
    const left = (): number => Math.max(0, deadline - this.#clock.monotonic());
    const isDone = async (part: () => Promise<unknown>): Promise<boolean> =>
      (await withDeadline({ clock: this.#clock, timeoutMillis: left() }, part)).status === 'done';
    const answered = await isDone(work.turns);
    // Only now: a turn that is kept for the trace backend is sent when its row is made.
    const traces = Promise.allSettled([...this.#traces.processors, this.#added].map(work.traces));
    const result = await work.rows(left());
    await isDone(() => traces);
    if (answered) return result;
    return {
      ...result,
      settled: false,
      detail: `deadline of ${timeoutMillis} ms passed before every turn had its row`,
    };
  }

  get #defaultTimeoutMillis(): number {
    return this.config.values.flushTimeoutSeconds * 1_000;
  }
}
