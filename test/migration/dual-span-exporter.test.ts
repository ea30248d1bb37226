import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import { BigQuerySpanExporter } from '../../exporters/bigquery.ts';
import { DualSpanExporter } from '../../exporters/dual.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { SettingValues } from '../../src/config/setting-values.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { expectNothingSaid, exportTellingTurn, NOTHING, runTellingTurn } from '../support/telling-turn.ts';

it.each([
  ['BigQuerySpanExporter', BigQuerySpanExporter],
  ['DualSpanExporter', DualSpanExporter],
])('%s keeps nothing under `none`, in dual', async (_, Exporter) => {
  const sink = new CollectingSink();
  await exportTellingTurn(
    new Exporter({ sink, settings: { ...NOTHING, backend: 'dual' }, configFile: false, env: {} }),
  );
  const tables = ['conversation_logs', 'conversation_logs_legacy', 'token_mismatches'];
  for (const table of tables) expect(sink.json(table), table).not.toEqual([]);
  expectNothingSaid(tables.flatMap((table) => sink.json(table)).join());
});

it('DualSpanExporter runs both mappings where nothing names a mode, and the one that is named', async () => {
  const tablesIn = async (settings: Partial<SettingValues>): Promise<readonly (string | undefined)[]> => {
    const sink = new CollectingSink();
    await exportTellingTurn(new DualSpanExporter({ sink, settings, configFile: false, env: {} }));
    return [...new Set(sink.keys.map((key) => key.split(' ')[0]))];
  };
  const all = ['conversation_logs_legacy', 'conversation_logs', 'token_mismatches'];
  expect(await tablesIn({})).toEqual(all);
  expect(await tablesIn({ backend: 'solid' })).toEqual(['conversation_logs']);
});

it('a live change of the mode takes effect in DualSpanExporter', async () => {
  const configFile = join(temporaryDirectory(), 'config.yaml');
  const edit = (backend: string): void =>
    writeFileSync(configFile, `analytics:\n  conversation_tracking:\n    backend: ${backend}\n`);
  edit('dual');
  const sink = new CollectingSink();
  const lines: string[] = [];
  const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
  const exporter = new DualSpanExporter({ sink, configFile, env: {}, diagnostics });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  runTellingTurn(provider);
  await expect.poll(() => sink.json('conversation_logs_legacy')).toHaveLength(1);
  edit('solid');
  await expect.poll(() => lines.join(), { timeout: 20_000 }).toContain('[ANALYTICS] Backend: solid (was dual)');
  runTellingTurn(provider);
  await provider.shutdown();
  expect(sink.json('conversation_logs')).toHaveLength(2);
  expect(sink.json('conversation_logs_legacy')).toHaveLength(1);
});
