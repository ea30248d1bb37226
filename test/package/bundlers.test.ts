// The recipes of docs/bundlers.md, word for word: each bundle runs alone in a folder, and its row arrives.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { UserProject } from './user-project.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/bundlers.md'), 'utf8');
const APP = `
import 'spanledger/instrument';
import { traceAgent, traceModelCall, withTurnContext } from 'spanledger';
const options = { name: 'invoice', question: 'How many?' };
void withTurnContext({ userId: 'ana' }, () => traceAgent(options, async (agent) => {
  await traceModelCall({ model: 'gemini' }, async (call) => call.setUsage({ inputTokens: 12, outputTokens: 3 }));
  agent.setAnswer('Twelve.');
}));`;

let project: UserProject;
let bigquery: LoopbackBigQuery;
/** Where a bundle is alone. */
let folder: string;
let toBigQuery: Readonly<Record<string, string>>;

const ROW = { agent_name: 'invoice', prompt_token_count: 12 };
const QUIET = { status: 0, stdout: '', stderr: '' };

beforeAll(() => {
  project = new UserProject();
  project.install('npm', {
    spanledger: '',
    '@opentelemetry/api': '^1.9.0',
    '@google-cloud/bigquery': '*',
    esbuild: '*',
    webpack: '*',
    'webpack-cli': '*',
    rollup: '*',
    '@rollup/plugin-commonjs': '*',
    '@rollup/plugin-json': '*',
    '@rollup/plugin-node-resolve': '*',
  });
  project.write('app.js', APP);
});

afterAll(() => {
  project.remove();
});

beforeEach(async () => {
  bigquery = await LoopbackBigQuery.start();
  bigquery.addTable('chat_analytics', 'conversation_logs', CONVERSATION_COLUMNS, 'my-project');
  toBigQuery = { BIGQUERY_EMULATOR_HOST: bigquery.url, GOOGLE_CLOUD_PROJECT: 'my-project' };
  folder = mkdtempSync(join(tmpdir(), 'spanledger-bundle-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(project.directory, 'dist'), { recursive: true, force: true });
  await bigquery.close();
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

describe.each([
  ['esbuild, ES module', 'app.mjs'],
  ['esbuild, CommonJS', 'app.cjs'],
  ['webpack', 'app.cjs'],
  ['rollup', 'app.mjs'],
])('%s', (heading, file) => {
  let built: string;

  beforeAll(() => {
    follow(heading);
    built = mkdtempSync(join(project.directory, 'built-'));
    renameSync(join(project.directory, 'dist'), built);
  });

  it('a row in BigQuery', async () => {
    cpSync(built, folder, { recursive: true });
    expect(await project.runBeside(join(folder, file), toBigQuery, folder)).toEqual(QUIET);
    expect(bigquery.rows('conversation_logs')).toMatchObject([ROW]);
  });

  it('a row in the local store', async () => {
    cpSync(built, folder, { recursive: true });
    expect(await project.runBeside(join(folder, file), {}, folder)).toEqual(QUIET);
    expect(project.rows(folder)).toMatchObject([ROW]);
  });

  it('a turn in the ledger that an installed package started', async () => {
    cpSync(built, folder, { recursive: true });
    const instrument = pathToFileURL(join(project.directory, 'node_modules/spanledger/dist/src/instrument.js'));
    const env = { ...toBigQuery, NODE_OPTIONS: `--import=${instrument}` };
    const ran = await project.runBeside(join(folder, file), env, folder);
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringMatching(/^\[spanledger\] not started: .*\n$/) });
    expect(bigquery.rows('conversation_logs')).toMatchObject([{ ...ROW, user_id: 'ana' }]);
  });

  it('without the client, the row waits until there is one', async () => {
    const [client = '', aside = ''] = ['node_modules/@google-cloud', 'aside'].map((name) =>
      join(project.directory, name),
    );
    renameSync(client, aside);
    try {
      follow(heading);
    } finally {
      renameSync(aside, client);
    }
    const poor = join(project.directory, 'dist');
    cpSync(poor, folder, { recursive: true });
    expect(await project.runBeside(join(folder, file), toBigQuery, folder)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('npm install @google-cloud/bigquery'),
    });
    expect(bigquery.requests).toEqual([]);
    // What is installed where the bundle lies is found there; webpack's has to be made again.
    const later = join(heading === 'webpack' ? built : poor, file);
    expect(await project.runBeside(later, toBigQuery, folder)).toEqual(QUIET);
    expect(bigquery.rows('conversation_logs')).toMatchObject([ROW, ROW]);
  });
});
