import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { systemClock } from '../src/base/clock.ts';
import { createDiagnostics, type Diagnostics } from '../src/base/diagnostics.ts';
import { type ConfigOptions, resolveConfig } from '../src/config/resolve-config.ts';
import type { RowSink } from '../src/delivery/row-sink.ts';
import { createBigQuerySink } from '../src/google/bigquery-sink.ts';
import { createConversationExporter } from '../src/pipeline/conversation.ts';
import { buildRecord } from '../src/record/build-record.ts';
import { classifySpan } from '../src/record/dialects/classify-span.ts';
import { snapshotSpan } from '../src/spans/snapshot-span.ts';
import { SpanBatches } from '../src/spans/span-batches.ts';
import type { Turn } from '../src/spans/turn.ts';

export interface BigQuerySpanExporterOptions extends ConfigOptions {
  /** Where rows go instead of BigQuery. */
  readonly sink?: RowSink;
  /** Where the exporter's own messages go. Default: one line a problem on standard error. */
  readonly diagnostics?: Diagnostics;
}

const MAX_WAITING_SPANS = 100_000;

/**
 * A plain OpenTelemetry span exporter that makes a row of each finished span tree and writes it to BigQuery, for
 * set-ups that take nothing but exporters. Put it behind a `BatchSpanProcessor` with a queue that holds your bursts:
 * what that one drops never arrives here. `createSpanledger` needs no queue, waits for spans that are open, amends rows
 * for late ones, and knows the legacy mapping; prefer it where you can.
 *
 * @example
 * const exporter = new BigQuerySpanExporter({ settings: { project: 'my-project' } });
 * new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter)] }).start();
 */
export class BigQuerySpanExporter implements SpanExporter {
  readonly #sink: RowSink;
  readonly #turns: SpanBatches = new SpanBatches({ classify: classifySpan, maxSpans: MAX_WAITING_SPANS });
  readonly #write: (turn: Turn) => Promise<string | undefined>;
  readonly #flushMillis: number;
  readonly #inFlight = new Set<Promise<unknown>>();
  #stopped = false;

  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(options: BigQuerySpanExporterOptions = {}) {
    const { values } = resolveConfig(options);
    const diagnostics = options.diagnostics ?? createDiagnostics();
    this.#sink = options.sink ?? createBigQuerySink(values, diagnostics, systemClock);
    this.#flushMillis = values.flushTimeoutSeconds * 1_000;
    const exporter = createConversationExporter({
      sink: this.#sink,
      map: (turn) => buildRecord(turn, { bigqueryProject: values.project, prices: values.prices }),
      diagnostics,
    });
    this.#write = async (turn) => {
      const result = await exporter.export(turn);
      return result.status === 'failed' ? result.reason : undefined;
    };
  }

  /** The callback is called once, when every row is stored, durable or held. */
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    if (this.#stopped) {
      resultCallback({ code: ExportResultCode.FAILED, error: new Error('the exporter was shut down') });
      return;
    }
    this.#writeAll(() => this.#turns.add(spans.map(snapshotSpan))).then(
      (reason) =>
        resultCallback(
          reason === undefined
            ? { code: ExportResultCode.SUCCESS }
            : { code: ExportResultCode.FAILED, error: new Error(reason) },
        ),
      (error: unknown) =>
        resultCallback({
          code: ExportResultCode.FAILED,
          error: error instanceof Error ? error : new Error('the spans could not be mapped'),
        }),
    );
  }

  async forceFlush(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    await this.#sink.flush(this.#flushMillis);
  }

  /** Writes what waits for a local root as it is, and delivers. Safe to call twice. */
  async shutdown(): Promise<void> {
    this.#stopped = true;
    await this.#writeAll(() => this.#turns.takeAll()).catch(() => undefined);
    await this.forceFlush();
    await this.#sink.shutdown(this.#flushMillis);
  }

  /** @returns why rows could not be written, if so */
  #writeAll(takeTurns: () => readonly Turn[]): Promise<string | undefined> {
    const written = (async () => {
      const reasons = await Promise.all(takeTurns().map(this.#write));
      return reasons.find((reason) => reason !== undefined);
    })();
    this.#inFlight.add(written);
    const forget = (): boolean => this.#inFlight.delete(written);
    written.then(forget, forget);
    return written;
  }
}
