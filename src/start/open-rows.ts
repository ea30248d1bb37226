import { observeSinkStats } from '../delivery/delivery-metrics.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import { type Statistics, startStatistics } from '../delivery/statistics.ts';
import { assemblePipeline } from '../pipeline/assemble-pipeline.ts';
import type { Detour } from '../pipeline/turn-pipeline.ts';
import type { TurnExporter } from '../spans/turn-exporter.ts';
import { recordGenAiMetrics } from '../traces/record-gen-ai-metrics.ts';
import { createSink } from './create-sink.ts';
import type { RowsOptions } from './rows.ts';
import { isSignOfLifeWanted, sayFirstRow } from './sign-of-life.ts';

export interface OpenRows {
  readonly pipeline: TurnExporter;
  readonly sink: RowSink;
  readonly statistics: Statistics;
}

/** The pipeline and the sink of a process that runs, with what it tells of them. */
export function openRows(options: RowsOptions & { readonly detour: Detour | undefined }): OpenRows {
  const { config, diagnostics, clock, enrichers, redactors, keepTrace, detour } = options;
  const { values } = config;
  const sink = options.sink ?? createSink(values, diagnostics, clock);
  const stats = (): ReturnType<RowSink['stats']> => sink.stats();
  observeSinkStats(stats);
  const pipeline = assemblePipeline({
    values,
    sink,
    enrichers,
    redactors,
    observe: recordGenAiMetrics,
    ...(keepTrace !== undefined && { keepTrace }),
    detour,
    diagnostics,
  });
  return {
    pipeline: isSignOfLifeWanted(config)
      ? sayFirstRow(pipeline, { config, sink, isOwnSink: options.sink !== undefined, diagnostics })
      : pipeline,
    sink,
    statistics: startStatistics({ stats, timeZone: values.statisticsTimeZone, clock, diagnostics }),
  };
}
