import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { resolveContentPolicies } from '../config/resolve-content-policies.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { LedgerEntry, RowSink } from '../delivery/row-sink.ts';
import { createRowPipeline } from '../pipeline/row-pipeline.ts';
import { type FileContext, readTurns } from './read-turns.ts';
import type { ReplayCandidate } from './replay-candidates.ts';

/** The rows that the agent would have written for the turns in OTLP/JSON files, with its mapping, rules and content policy. */
export async function* readOtlpRows(
  files: readonly string[],
  values: SettingValues,
  diagnostics: Diagnostics,
  context: FileContext & { readonly clock: Clock },
  report: (problem: string) => void,
): AsyncGenerator<ReplayCandidate> {
  const entries: LedgerEntry[] = [];
  const { exporter } = createRowPipeline({
    values,
    readBackend: () => values.backend,
    sink: createCollector(entries),
    enrichers: [],
    content: resolveContentPolicies(values).records,
    // What a file holds was exported.
    keepTrace: () => true,
    diagnostics,
    clock: context.clock,
  });
  for await (const turn of readTurns(files, context, (file, problem) => report(`${file} ${problem}`))) {
    const result = await exporter.export(turn);
    if (result.status === 'failed') report(`a turn could not be mapped: ${result.reason}`);
    for (const { table, key, row } of entries.splice(0)) yield { table, key, row: { ...row } };
  }
}

function createCollector(entries: LedgerEntry[]): RowSink {
  const done = { settled: true, pending: 0, detail: 'collected' };
  return {
    name: 'collector',
    write: (added) => {
      entries.push(...added);
      return Promise.resolve(added.map(() => ({ status: 'stored' })));
    },
    flush: () => Promise.resolve(done),
    shutdown: () => Promise.resolve(done),
    stats: () => ({ received: 0, stored: 0, fallback: 0, pending: 0, dropped: {} }),
  };
}
