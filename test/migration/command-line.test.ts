import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { TOKEN_MISMATCHES } from '../../src/migration/mismatch-columns.ts';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { runTestCli } from '../cli/test-context.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { redacted } from '../support/redacted.ts';

test('map --mapping legacy prints the row of the old tracker', async () => {
  const { otlp } = JSON.parse(readFileSync('test/fixtures/dialects/google-adk-2.0.0-toolloop.json', 'utf8'));
  const run = await runTestCli(['map', '--mapping', 'legacy', '-'], { stdin: JSON.stringify(otlp) });
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    tracking_backend: 'legacy',
    bigquery_project_used: 'datalake-gasco',
  });
});

test('query mismatches counts the differences by column and cause', async () => {
  const clock: Clock = { ...systemClock, now: () => Date.parse('2026-03-02T12:00:00Z') };
  const store = join(temporaryDirectory(), 'store.db');
  const local = LocalStore.open(store, { busyTimeoutMillis: 50 });
  local.insertRows([
    {
      table: 'token_mismatches',
      key: 'a:1:total_token_count',
      row: redacted(
        {
          message_id: 'a',
          timestamp: '2026-03-01T10:00:00Z',
          field: 'total_token_count',
          cause: 'last_call_only',
          diff: -70,
          explained: true,
        },
        TOKEN_MISMATCHES,
      ),
    },
  ]);
  local.close();
  const run = await runTestCli(['query', 'mismatches', '--store', store, '--json'], { clock });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual([
    {
      field: 'total_token_count',
      cause: 'last_call_only',
      turns: 1,
      explained: 1,
      unexplained: 0,
      largest_difference: 70,
    },
  ]);
});

test('init creates the tables of a migration beside the table of the rows', async () => {
  const bigquery = await LoopbackBigQuery.start();
  process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
  onTestFinished(async () => {
    delete process.env.BIGQUERY_EMULATOR_HOST;
    await bigquery.close();
  });
  const run = await runTestCli(['init', '--project', 'test-project', '--dataset', 'chats', '--table', 'turns']);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bigquery.tables.get('test-project', 'chats', 'turns_legacy')?.fields).toHaveLength(
    CONVERSATION_COLUMNS.length,
  );
  expect(bigquery.tables.get('test-project', 'chats', 'token_mismatches')?.resource).toMatchObject({
    timePartitioning: { field: 'timestamp' },
  });
});
