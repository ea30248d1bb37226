import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { LedgerEntry, RowSink } from '../delivery/row-sink.ts';
import { fixedMigration } from '../migration/migration-mode.ts'; // migration
import { assemblePipeline, type PipelineOptions } from '../pipeline/assemble-pipeline.ts';
import { type FileContext, type ReportInput, readTurns } from './read-turns.ts';
import type { SpanTally } from './span-tally.ts';

export interface OtlpRowsOptions extends Pick<PipelineOptions, 'keepTrace'> {
  readonly files: readonly string[];
  readonly values: SettingValues;
  readonly context: FileContext;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
  readonly report: ReportInput;
  /** Is told of every span. */
  readonly tally?: SpanTally;
}

/** The rows that an agent with these settings would have written for the turns in OTLP/JSON files. */
export async function* readOtlpRows(options: OtlpRowsOptions): AsyncGenerator<LedgerEntry> {
  const { files, context, report } = options;
  const collected: LedgerEntry[] = [];
  const pipeline = assemblePipeline({
    ...options,
    sink: createCollector(collected),
    detour: fixedMigration(options), // migration
  });
  for await (const turn of readTurns(files, context, report, options.tally)) {
    const result = await pipeline.export(turn);
    if (result.status === 'failed') report('a turn', `could not be mapped: ${result.reason}`);
    yield* collected.splice(0);
  }
}

function createCollector(collected: LedgerEntry[]): RowSink {
  const done = { settled: true, pending: 0, detail: 'collected' };
  return {
    name: 'collector',
    write(entries) {
      collected.push(...entries);
      return Promise.resolve(entries.map(() => ({ status: 'stored' })));
    },
    flush: () => Promise.resolve(done),
    shutdown: () => Promise.resolve(done),
    stats: () => ({ received: 0, stored: 0, fallback: 0, pending: 0, dropped: {} }),
  };
}
