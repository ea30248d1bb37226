import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { FlushResult, RowSink, SinkStats } from '../delivery/row-sink.ts';
import { watchMigration } from '../migration/migration-mode.ts'; // migration
import type { Detour, TurnPipelineOptions } from '../pipeline/turn-pipeline.ts';
import type { RedactionFunction } from '../privacy/redactor.ts';
import type { Enricher } from '../record/enrich.ts';
import type { TurnExporter } from '../spans/turn-exporter.ts';
import type { OpenRows } from './open-rows.ts';

export interface RowsOptions {
  readonly config: ResolvedConfig;
  /** Default: the sink that the settings name. */
  readonly sink: RowSink | undefined;
  readonly enrichers: readonly Enricher[] | undefined;
  readonly redactors: readonly RedactionFunction[] | undefined;
  readonly keepTrace?: TurnPipelineOptions['keepTrace'];
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

const NOTHING_TO_DO: FlushResult = { settled: true, pending: 0, detail: 'no turn has finished yet' };
const NO_ROWS: SinkStats = { received: 0, stored: 0, fallback: 0, pending: 0, dropped: {} };

/** Rows that an earlier process left in the outbox wait this long for the host's own start. */
const LOAD_AFTER_MILLIS = 1_000;

/**
 * Pipeline and sink, loaded when the first turn begins: a start costs neither the mapping nor a Google client nor SQLite.
 * A detour is there from the start on, so that the first turn already finds it.
 */
export class Rows {
  readonly #options: RowsOptions;
  readonly #detour: Detour | undefined;
  #loading: Promise<OpenRows> | undefined;
  #open: OpenRows | undefined;

  constructor(options: RowsOptions) {
    const { config, clock } = options;
    this.#options = options;
    this.#detour = watchMigration(options); // migration
    if (config.values.enabled && usesBigQuery(config.values)) {
      clock.setTimer(() => void this.load().catch((error: unknown) => this.#sayProblem(error)), LOAD_AFTER_MILLIS);
    }
  }

  async load(): Promise<TurnExporter> {
    this.#loading ??= import('./open-rows.ts').then(({ openRows }) => {
      this.#open = openRows({ ...this.#options, detour: this.#detour });
      return this.#open;
    });
    return (await this.#loading).pipeline;
  }

  async flush(timeoutMillis: number): Promise<FlushResult> {
    return (await this.#loaded())?.sink.flush(timeoutMillis) ?? NOTHING_TO_DO;
  }

  async shutdown(timeoutMillis: number): Promise<FlushResult> {
    this.#detour?.close();
    const open = await this.#loaded();
    const result = (await open?.sink.shutdown(timeoutMillis)) ?? NOTHING_TO_DO;
    open?.statistics.finish();
    return result;
  }

  /** For the process's `exit` event. @param isShutdown whether the end is one to say statistics of */
  persistSync(isShutdown: boolean): void {
    this.#open?.sink.persistSync?.();
    if (isShutdown) this.#open?.statistics.finish();
  }

  stats(): SinkStats {
    return this.#open?.sink.stats() ?? NO_ROWS;
  }

  /** Undefined where no turn has asked for it yet, or it cannot be loaded. */
  async #loaded(): Promise<OpenRows | undefined> {
    try {
      return await this.#loading;
    } catch {
      return undefined;
    }
  }

  #sayProblem(error: unknown): void {
    this.#options.diagnostics.warn('row-pipeline', `rows cannot be written: ${describeError(error)}`);
  }
}
