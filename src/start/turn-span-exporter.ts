import { ExportResultCode } from '@opentelemetry/core';
import { checkNode } from '../base/check-node.ts';
import { systemClock } from '../base/clock.ts';
import { createDiagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { ExportResult, ReadableSpan, SpanExporter } from '../base/sdk-types.ts';
import { type ConfigOptions, type ResolvedConfig, resolveConfig } from '../config/resolve-config.ts';
import type { SinkStats } from '../delivery/row-sink.ts';
import { classifySpan } from '../record/dialects/classify-span.ts';
import { snapshotSpan } from '../spans/snapshot-span.ts';
import { SpanBatches } from '../spans/span-batches.ts';
import type { Turn } from '../spans/turn.ts';
import { Rows } from './rows.ts';
import type { StartOptions } from './start-options.ts';
import { warnOfConfig } from './warn-of-config.ts';

/** Settings as `start` takes them, in `settings`, and what only code can give. Traces are the host's. */
export type TurnSpanExporterOptions = ConfigOptions &
  Pick<StartOptions, 'sink' | 'enrichers' | 'redactors' | 'diagnostics' | 'clock'>;

const MAX_WAITING_SPANS = 100_000;

/**
 * A plain span exporter that makes turns of the spans that it gets, and rows of the turns, by the same settings and on
 * the same way as a running ledger. What concerns open and late spans it cannot know: an exporter sees ended spans only.
 */
export class TurnSpanExporter implements SpanExporter {
  readonly #config: ResolvedConfig;
  readonly #rows: Rows;
  readonly #turns: SpanBatches = new SpanBatches(classifySpan, MAX_WAITING_SPANS);
  readonly #inFlight = new Set<Promise<unknown>>();
  #shutdown: Promise<void> | undefined;

  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(options: TurnSpanExporterOptions = {}) {
    checkNode();
    this.#config = resolveConfig(options);
    const diagnostics = options.diagnostics ?? createDiagnostics({ level: this.#config.values.logLevel });
    warnOfConfig(this.#config, diagnostics);
    this.#rows = new Rows({
      config: this.#config,
      sink: options.sink,
      enrichers: options.enrichers,
      redactors: options.redactors,
      diagnostics,
      clock: options.clock ?? systemClock,
    });
  }

  /** The callback is called once, when every row is stored, durable or held. */
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    const settle = (reason: string | undefined): void =>
      resultCallback(
        reason === undefined
          ? { code: ExportResultCode.SUCCESS }
          : { code: ExportResultCode.FAILED, error: new Error(reason) },
      );
    if (this.#shutdown !== undefined) settle('the exporter was shut down');
    else if (!this.#config.values.enabled) settle(undefined);
    else void this.#writeAll(() => this.#turns.add(spans.map((span) => snapshotSpan(span)))).then(settle);
  }

  async forceFlush(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    await this.#rows.flush(this.#timeoutMillis);
  }

  /** Writes what waits for a local root as it is, and delivers. Safe to call twice. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  /** The books of the rows: `received = stored + fallback + pending + dropped`. */
  stats(): SinkStats {
    return this.#rows.stats();
  }

  async #close(): Promise<void> {
    await this.#writeAll(() => this.#turns.takeAll());
    await this.forceFlush();
    await this.#rows.shutdown(this.#timeoutMillis);
  }

  /** @returns why rows could not be written, if so; never rejects */
  #writeAll(takeTurns: () => readonly Turn[]): Promise<string | undefined> {
    const written = this.#write(takeTurns).catch(describeError);
    this.#inFlight.add(written);
    void written.finally(() => this.#inFlight.delete(written));
    return written;
  }

  async #write(takeTurns: () => readonly Turn[]): Promise<string | undefined> {
    const turns = takeTurns();
    if (turns.length === 0) return undefined;
    const exporter = await this.#rows.load();
    const results = await Promise.all(turns.map((turn) => exporter.export(turn)));
    return results.find((result) => result.status === 'failed')?.reason;
  }

  get #timeoutMillis(): number {
    return this.#config.values.flushTimeoutSeconds * 1_000;
  }
}
