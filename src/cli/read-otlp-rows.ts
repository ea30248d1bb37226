import type { SettingValues } from '../config/setting-values.ts';
import { resolveContentPolicies } from '../content-policies.ts';
import type { Diagnostics } from '../diagnostics.ts';
import type { ReplayCandidate } from '../replay/replay-candidates.ts';
import { createRowPipeline } from '../row-pipeline.ts';
import type { LedgerEntry, RecordSink } from '../sinks/record-sink.ts';
import type { CliContext } from './context.ts';
import { readTurns } from './read-turns.ts';

/** The rows that the agent would have written for the turns in OTLP/JSON files, with its mapping, rules and content policy. */
export async function* readOtlpRows(
  files: readonly string[],
  values: SettingValues,
  diagnostics: Diagnostics,
  context: CliContext,
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

function createCollector(entries: LedgerEntry[]): RecordSink {
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
