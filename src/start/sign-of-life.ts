import { resolve } from 'node:path';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import type { TurnExporter } from '../spans/turn-exporter.ts';
import { nameStore } from './describe-start.ts';

/**
 * Whether somebody looks: a person at a terminal, or one who asked in the environment or the file for a level that shows
 * it. A service stays quiet.
 */
export function isSignOfLifeWanted({ values, sources }: ResolvedConfig): boolean {
  const isAsked = sources.logLevel === 'environment' || sources.logLevel === 'file';
  return values.logLevel === 'debug' || (isAsked && values.logLevel === 'info') || process.stderr.isTTY === true;
}

export interface FirstRowOptions {
  readonly config: ResolvedConfig;
  readonly sink: RowSink;
  /** Whether the host brought the sink. */
  readonly isOwnSink: boolean;
  readonly diagnostics: Diagnostics;
}

/** The same exporter; the first row that it brings somewhere is said, with where that is. */
export function sayFirstRow(exporter: TurnExporter, options: FirstRowOptions): TurnExporter {
  let isSaid = false;
  return {
    async export(turn) {
      const result = await exporter.export(turn);
      const place = isSaid || result.status === 'failed' ? undefined : placeOf(options);
      if (place !== undefined) {
        isSaid = true;
        options.diagnostics.info(`[spanledger] first row: of trace ${turn.traceId}, ${place}`);
      }
      return result;
    },
    amend: (span) => exporter.amend(span),
    exportSync: (turn) => exporter.exportSync(turn),
    finishSync: () => exporter.finishSync(),
  };
}

function placeOf({ config: { values }, sink, isOwnSink }: FirstRowOptions): string | undefined {
  if (isOwnSink) return "in the host's own sink";
  const { stored, pending, fallback } = sink.stats();
  const isBigQuery = usesBigQuery(values);
  if (stored > 0) return `in ${isBigQuery ? nameStore(values) : resolve(values.localPath)}`;
  if (pending > 0 && isBigQuery)
    return `on its way to ${nameStore(values)}, until then in ${resolve(values.outboxPath)}`;
  return fallback > 0 ? 'in the fallback' : undefined;
}
