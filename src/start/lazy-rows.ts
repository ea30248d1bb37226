import { describeError } from '../base/errors.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { FlushResult, SinkStats } from '../delivery/row-sink.ts';
import type { BackendFlag } from '../migration/backend-flag.ts';
import { watchBackend } from '../migration/watch-backend.ts';
import type { RowPipeline, RowPipelineOptions } from '../pipeline/row-pipeline.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import type { TurnExporter, TurnExportResult } from '../spans/turn-exporter.ts';

export interface LazyRowsOptions extends Omit<RowPipelineOptions, 'values' | 'readBackend'> {
  readonly config: ResolvedConfig;
}

const NOTHING_TO_DO: FlushResult = { settled: true, pending: 0, detail: 'no turn has finished yet' };
const NO_ROWS: SinkStats = { received: 0, stored: 0, fallback: 0, pending: 0, dropped: {} };

/** Rows that an earlier process left in the outbox wait this long for the host's own start. */
const LOAD_AFTER_MILLIS = 1_000;

/**
 * Stands for the row pipeline until the first turn begins, when it is imported: a start costs neither a Google client
 * nor SQLite. The live switch runs from the start on, so that the first turn already sees its newest value.
 */
export class LazyRows implements TurnExporter {
  readonly #options: LazyRowsOptions;
  readonly #backend: BackendFlag;
  #loading: Promise<RowPipeline> | undefined;
  #pipeline: RowPipeline | undefined;

  constructor(options: LazyRowsOptions) {
    const { config, clock, diagnostics } = options;
    this.#options = options;
    this.#backend = watchBackend(config, clock, diagnostics);
    if (config.values.enabled && usesBigQuery(config.values)) clock.setTimer(() => this.prepare(), LOAD_AFTER_MILLIS);
  }

  prepare(): void {
    this.#load().catch((error: unknown) => {
      this.#options.diagnostics.warn('row-pipeline', `rows cannot be written: ${describeError(error)}`);
    });
  }

  async export(turn: Turn): Promise<TurnExportResult> {
    const { exporter } = await this.#load();
    return exporter.export(turn);
  }

  async amend(span: SpanSnapshot): Promise<TurnExportResult> {
    const { exporter } = await this.#load();
    return (await exporter.amend?.(span)) ?? { status: 'exported' };
  }

  exportSync(turn: Turn): void {
    if (this.#pipeline !== undefined) this.#pipeline.exporter.exportSync?.(turn);
    else
      this.#options.diagnostics.warn('exit', 'the process ended before a turn could be written; await flush() first');
  }

  async flush(timeoutMillis: number): Promise<FlushResult> {
    return (await this.#loaded())?.sink.flush(timeoutMillis) ?? NOTHING_TO_DO;
  }

  async shutdown(timeoutMillis: number): Promise<FlushResult> {
    this.#backend.close();
    return (await this.#loaded())?.sink.shutdown(timeoutMillis) ?? NOTHING_TO_DO;
  }

  persistSync(): void {
    this.#pipeline?.exporter.finishSync?.();
    this.#pipeline?.sink.persistSync?.();
  }

  stats(): SinkStats {
    return this.#pipeline?.sink.stats() ?? NO_ROWS;
  }

  #load(): Promise<RowPipeline> {
    this.#loading ??= import('../pipeline/row-pipeline.ts').then(({ createRowPipeline }) => {
      const { config, ...options } = this.#options;
      const readBackend = () => this.#backend.current();
      this.#pipeline = createRowPipeline({ ...options, values: config.values, readBackend });
      return this.#pipeline;
    });
    return this.#loading;
  }

  /** The pipeline, if a turn has asked for it. */
  async #loaded(): Promise<RowPipeline | undefined> {
    try {
      return await this.#loading;
    } catch {
      return undefined;
    }
  }
}
