import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createSpanledger } from '../../src/start/spanledger.ts';
import type { StartOptions } from '../../src/start/start-options.ts';
import { CollectingSink } from '../support/collecting-sink.ts';

/** What a ledger says on standard error when it is made. */
async function startWith(options: StartOptions): Promise<string[]> {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line)) > 0);
  const ledger = createSpanledger({ env: {}, configFile: false, ...options });
  write.mockRestore();
  await ledger.shutdown();
  return said;
}

it('debug: says which file, store and exporters are used', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-log-level-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const configFile = join(directory, 'config.yaml');
  writeFileSync(configFile, 'analytics: { conversation_tracking: { log_level: debug, local: { path: rows.db } } }\n');
  expect(await startWith({ configFile })).toEqual([
    `[spanledger] configuration file: ${configFile}; rows: rows.db; spans: local\n`,
  ]);
});

it.each([
  [
    { store: 'bigquery', project: 'my-project' },
    'rows: BigQuery, my-project, chat_analytics.conversation_logs; spans: otlp-google',
  ],
  [{ sink: new CollectingSink(), traceExporters: ['none'] }, "rows: the host's own sink; spans: none"],
  [{ enabled: false, traceExporters: ['console', 'local'] }, 'rows: none; spans: console, local'],
] satisfies [StartOptions, string][])('debug: names what %j uses', async (options, named) => {
  expect(await startWith({ ...options, env: { SPANLEDGER_LOG_LEVEL: 'debug' } })).toEqual([
    `[spanledger] configuration file: none; ${named}\n`,
  ]);
});

it.each([
  ['error', []],
  ['warn', ['[spanledger] SPANLEDGER_ENABLED is "no"; allowed: true, false; it is ignored (environment)\n']],
  ['info', ['[spanledger] SPANLEDGER_ENABLED is "no"; allowed: true, false; it is ignored (environment)\n']],
] as const)('%s: says no more than that', async (logLevel, expected) => {
  expect(await startWith({ logLevel, env: { SPANLEDGER_ENABLED: 'no' } })).toEqual(expected);
});

it('tells at start of every name that nobody reads', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-log-level-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const configFile = join(directory, 'config.yaml');
  writeFileSync(configFile, 'trace: { exporter: none }\n');
  const env = { SPANLEDGER_STOR: 'local', SPANLEDGER_CONTEN: 'none' };
  expect(await startWith({ configFile, env })).toEqual([
    '[spanledger] SPANLEDGER_STOR is no variable of ours; did you mean SPANLEDGER_STORE?; ' +
      'SPANLEDGER_CONTEN is no variable of ours; did you mean SPANLEDGER_CONTENT? (environment)\n',
    `[spanledger] ${configFile}: trace is read by nobody; did you mean traces? (configuration-file)\n`,
  ]);
});
