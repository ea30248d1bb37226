import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CONVERSATIONS, type Conversation } from '../../examples/invoice-agent/conversations.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { runTestCli } from '../cli/test-context.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { decodeSqliteRow } from '../support/decode-sqlite-row.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { verifyArchive } from '../support/zip-verify.ts';
import { runExample } from './run-example.ts';

type Row = Readonly<Record<string, unknown>>;

const idsOf = (rows: readonly Row[]): unknown[] => rows.map(({ message_id }) => message_id).sort(); // migration

const ALL = CONVERSATIONS.flat();

/** What the scripted model said it used, over all its calls. */
function scriptedTokens({ steps }: Conversation): Row {
  const usages = steps.flatMap((step) => ('usage' in step ? [step.usage] : []));
  const sum = (name: 'prompt' | 'candidates' | 'thoughts' | 'cached'): number =>
    usages.reduce((total, usage) => total + (usage[name] ?? 0), 0);
  const [prompt, candidates, thoughts, cached] = [sum('prompt'), sum('candidates'), sum('thoughts'), sum('cached')];
  return {
    prompt_token_count: prompt,
    candidates_token_count: candidates,
    // Where the model reports none, there is none to report.
    thoughts_token_count: thoughts === 0 ? null : thoughts,
    cached_content_token_count: cached === 0 ? null : cached,
    total_token_count: prompt + candidates + thoughts,
  };
}

function expectRows(rows: readonly Row[]): void {
  expect(rows).toHaveLength(ALL.length);
  for (const conversation of ALL) {
    const row = rows.find(({ session_id }) => session_id === conversation.session);
    const failed = conversation.steps.some((step) => 'fail' in step);
    expect(row).toMatchObject({
      ...scriptedTokens(conversation),
      user_id: conversation.user,
      conversation_id: conversation.session,
      user_question: conversation.question,
      agent_name: 'invoice_pdf_finder_agent',
      service_name: 'invoice-agent',
      tools_used: conversation.steps.flatMap((step) => ('call' in step ? [step.call] : [])),
      model_call_count: conversation.steps.length,
      success: !failed,
      complete: true,
    });
    if (failed) expect(row?.error_message).toContain('429 RESOURCE_EXHAUSTED');
    else expect(row?.agent_response).toEqual(expect.any(String));
  }
  for (const user of ['Diego', 'Elena']) {
    const row = rows.find(({ user_id }) => user_id === user.toLowerCase());
    expect(row?.agent_response).toContain(`Para ${user}`);
  }
}

function readLocal(cwd: string, table = 'conversation_logs'): Row[] {
  const store = LocalStore.openReadOnly(join(cwd, '.spanledger/spanledger.db'));
  const rows = store.query(`SELECT * FROM ${table}`).map((row) => decodeSqliteRow(CONVERSATION_LOGS, row));
  store.close();
  return rows;
}

async function expectZip(row: Row | undefined, cwd: string): Promise<void> {
  const path = join(cwd, '.spanledger/demo/zips', `${String(row?.zip_id)}.zip`);
  const contents = await verifyArchive(path);
  expect(contents.size).toBe(60);
  for (const content of contents.values()) expect(content.subarray(0, 5).toString()).toBe('%PDF-');
  expect(row).toMatchObject({
    zip_generated: true,
    zip_files_included: contents.size,
    zip_files_missing: 0,
    zip_total_size_bytes: statSync(path).size,
  });
  expect(row?.zip_max_workers_used).toBeGreaterThan(0);
  expect(Number(row?.zip_generation_time_ms)).toBeGreaterThanOrEqual(Number(row?.zip_parallel_download_time_ms));
}

/** Keeps the OTLP/JSON requests that arrive, as the Collector's file exporter would. */
async function startCollector(): Promise<{ readonly url: string; readonly requests: string[]; close(): void }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => void server.close() };
}

test.concurrent('the demo stores one exact row a turn, and its exported spans map to the very same rows', async ({
  expect,
  onTestFinished,
}) => {
  const cwd = temporaryDirectory(onTestFinished);
  const collector = await startCollector();
  onTestFinished(collector.close);
  const run = await runExample('invoice-agent/main.ts', cwd, {
    SPANLEDGER_TRACES_EXPORTER: 'otlp',
    SPANLEDGER_TRACES_CONTENT: 'full',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  expect(run).toMatchObject({ status: 0, stderr: expect.stringMatching(/^(?:\[ANALYTICS\] .*\n)*$/) });
  expect(run.stderr).toContain('[ANALYTICS] ⚠️ TOKEN MISMATCH: Legacy=1151, SOLID=2045, diff=894'); // migration
  expect(run.stdout).toContain(`One row a turn (${ALL.length}), as stored:`);
  expect(run.stdout).toContain('The store: .spanledger/spanledger.db');

  const rows = readLocal(cwd);
  expectRows(rows);
  await expectZip(
    rows.find(({ session_id }) => session_id === 'bruno-1'),
    cwd,
  );
  expect(readLocal(cwd, 'conversation_logs_legacy')).toHaveLength(ALL.length); // migration

  writeFileSync(join(cwd, 'spans.jsonl'), collector.requests.join('\n'));
  const config = resolve('examples/invoice-agent/config.yaml');
  const mapped = await runTestCli(['map', 'spans.jsonl', '--config', config], { cwd });
  expect(mapped).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^\d+ spans, 8 turns\n$/) });
  const byId = (all: readonly Row[]): Map<unknown, Row> => new Map(all.map((row) => [row.message_id, row]));
  const remapped = byId(
    mapped.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  expect(remapped).toEqual(byId(rows));
});

test.concurrent('with a project, the same rows go to BigQuery and nothing to SQLite', async ({
  expect,
  onTestFinished,
}) => {
  const cwd = temporaryDirectory(onTestFinished);
  const bigquery = await LoopbackBigQuery.start({
    onQuery: () => ({
      fields: [{ name: 'user_id', type: 'STRING' }],
      rows: ALL.map(({ user }) => ({ user_id: user })),
    }),
  });
  process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
  onTestFinished(async () => {
    delete process.env.BIGQUERY_EMULATOR_HOST;
    await bigquery.close();
  });
  expect(await runTestCli(['init', '--project', 'test-project'])).toMatchObject({ exitCode: 0 });
  const run = await runExample('invoice-agent/main.ts', cwd, {
    BIGQUERY_EMULATOR_HOST: bigquery.url,
    GOOGLE_CLOUD_PROJECT: 'test-project',
    SPANLEDGER_TRACES_EXPORTER: 'none',
  });
  expect(run).toMatchObject({ status: 0, stderr: expect.stringMatching(/^(?:\[ANALYTICS\] .*\n)*$/) });
  expect(run.stderr).toContain('[ANALYTICS] ⚠️ TOKEN MISMATCH: Legacy=1151, SOLID=2045, diff=894'); // migration
  expect(run.stdout).toContain('The store: BigQuery, test-project.chat_analytics.conversation_logs');
  const rows = bigquery.rows('conversation_logs');
  expectRows(rows);
  await expectZip(
    rows.find(({ session_id }) => session_id === 'bruno-1'),
    cwd,
  );
  expect(bigquery.insertIds('conversation_logs')).toEqual(rows.map(({ message_id }) => `${message_id}:1`));
  expect(idsOf(bigquery.rows('conversation_logs_legacy'))).toEqual(idsOf(rows)); // migration
  expect(existsSync(join(cwd, '.spanledger/spanledger.db'))).toBe(false);
});

test.concurrent('a store that cannot be written changes nothing for the agent, and is said once', async ({
  expect,
  onTestFinished,
}) => {
  const cwd = temporaryDirectory(onTestFinished);
  mkdirSync(join(cwd, 'blocked'));
  writeFileSync(join(cwd, 'blocked', 'file'), '');
  const run = await runExample('invoice-agent/main.ts', cwd, {
    SPANLEDGER_LOCAL_PATH: 'blocked/file/store.db',
    SPANLEDGER_TRACES_EXPORTER: 'none',
    SPANLEDGER_FLUSH_TIMEOUT: '1',
  });
  for (const { title, steps } of ALL) {
    expect(run.stdout).toContain(`${steps.some((step) => 'fail' in step) ? '✗' : '✓'} ${title}`);
  }
  expect(run.stderr.match(/rows wait in memory: the store blocked\/file\/store\.db cannot be opened/g)).toHaveLength(1);
  expect(run.stdout).toContain('Not every row is stored: deadline of');
  expect(run.status).toBe(1);
  expect(readdirSync(cwd).sort()).toEqual(['.spanledger', 'blocked']);
});

test.concurrent('a configuration with a wrong key ends the start with its name', async ({ expect, onTestFinished }) => {
  const cwd = temporaryDirectory(onTestFinished);
  writeFileSync(join(cwd, 'wrong.yaml'), 'analytics:\n  conversation_tracking:\n    stor: local\n');
  const run = await runExample('invoice-agent/main.ts', cwd, { SPANLEDGER_CONFIG: 'wrong.yaml' });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/ConfigurationError: .*stor .*store/s);
});
