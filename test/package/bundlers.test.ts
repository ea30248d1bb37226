// The recipes of docs/bundlers.md, word for word: each bundle runs alone in a folder, and its row arrives at BigQuery.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { UserProject } from './user-project.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/bundlers.md'), 'utf8');
const APP = `
import 'spanledger/instrument';
import { traceAgent, traceModelCall } from 'spanledger';
void traceAgent({ name: 'invoice', question: 'How many?' }, async (agent) => {
  await traceModelCall({ model: 'gemini' }, async (call) => call.setUsage({ inputTokens: 12, outputTokens: 3 }));
  agent.setAnswer('Twelve.');
});`;

let project: UserProject;

beforeAll(() => {
  project = new UserProject();
  project.install('npm', {
    spanledger: '',
    '@opentelemetry/api': '^1.9.0',
    '@google-cloud/bigquery': '*',
    esbuild: '*',
    webpack: '*',
    'webpack-cli': '*',
  });
  project.write('app.js', APP);
});

afterAll(() => {
  project.remove();
});

/** The blocks below a heading: files that name themselves in their first line, and commands. */
function follow(heading: string): void {
  const [, section = ''] = PAGE.split(`## ${heading}\n`);
  for (const [, kind, block = ''] of (section.split('\n## ')[0] ?? '').matchAll(/```(\w+)\n(.*?)```/gs)) {
    const [, name] = /^\/\/ (\S+)\n/.exec(block) ?? [];
    if (kind === 'sh') project.shell(block);
    else project.write(name ?? '', block);
  }
}

it.each([
  ['esbuild, ES module', 'app.mjs'],
  ['esbuild, CommonJS', 'app.cjs'],
  ['webpack', 'app.cjs'],
])('%s', async (heading, file) => {
  follow(heading);
  const bigquery = await LoopbackBigQuery.start();
  bigquery.addTable('chat_analytics', 'conversation_logs', CONVERSATION_COLUMNS, 'my-project');
  const folder = mkdtempSync(join(tmpdir(), 'spanledger-bundle-'));
  try {
    cpSync(join(project.directory, 'dist'), folder, { recursive: true });
    const env = { BIGQUERY_EMULATOR_HOST: bigquery.url, GOOGLE_CLOUD_PROJECT: 'my-project' };
    expect(await project.runBeside(join(folder, file), env, folder)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(bigquery.rows('conversation_logs')).toMatchObject([{ agent_name: 'invoice', prompt_token_count: 12 }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await bigquery.close();
  }
});
