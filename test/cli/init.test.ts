import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { renderBigQueryFields } from '../../src/store/bigquery-schema.ts';
import { LEDGER_TABLES } from '../../src/store/tables.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { runTestCli } from './test-context.ts';

async function startBigQuery(): Promise<LoopbackBigQuery> {
  const bigquery = await LoopbackBigQuery.start();
  // The official client reads the host's variable itself.
  process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
  onTestFinished(async () => {
    delete process.env.BIGQUERY_EMULATOR_HOST;
    await bigquery.close();
  });
  return bigquery;
}

const init = (...argv: string[]) => runTestCli(['init', '--project', 'test-project', ...argv]);

const writes = ({ requests }: LoopbackBigQuery): string[] =>
  requests.map(({ operation }) => operation).filter((operation) => !operation.endsWith('.get'));

test('SQLite: creates the store, then leaves it alone', async () => {
  const cwd = temporaryDirectory();
  const first = await runTestCli(['init'], { cwd });
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toContain('created view conversation_logs_latest');
  const second = await runTestCli(['init', '--json'], { cwd });
  const { store, changes } = JSON.parse(second.stdout);
  expect(store).toBe(join(cwd, '.spanledger/spanledger.db'));
  expect(changes.map(({ action }: { action: string }) => action)).toEqual(
    Array(LEDGER_TABLES.length + 2).fill('unchanged'),
  );
});

test('SQLite: a dry run creates nothing', async () => {
  const cwd = temporaryDirectory();
  const { exitCode, stdout } = await runTestCli(['init', '--dry-run', '--store', 'new/store.db'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('would create table conversation_logs\n');
  expect(existsSync(join(cwd, 'new'))).toBe(false);
});

test('BigQuery: creates dataset, partitioned and clustered tables, and the view; a second run writes nothing', async () => {
  const bigquery = await startBigQuery();
  const first = await init('--dataset', 'chats', '--table', 'turns', '--location', 'EU');
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bigquery.tables.datasets.get('test-project:chats')).toMatchObject({ location: 'EU' });
  const turns = bigquery.tables.get('test-project', 'chats', 'turns');
  expect(turns?.fields.map(({ name }) => name)).toEqual(CONVERSATION_COLUMNS.map(({ name }) => name));
  expect(turns?.resource).toMatchObject({
    timePartitioning: { type: 'DAY', field: 'date_partition' },
    clustering: { fields: ['agent_name', 'user_id'] },
  });
  expect(bigquery.tables.get('test-project', 'chats', 'turns_latest')?.resource).toMatchObject({
    view: { query: expect.stringContaining('FROM `test-project.chats.turns` AS t'), useLegacySql: false },
  });

  bigquery.requests.length = 0;
  const second = await init('--dataset', 'chats', '--table', 'turns', '--location', 'EU', '--json');
  expect(second.exitCode).toBe(0);
  expect(writes(bigquery)).toEqual([]);
  const { changes } = JSON.parse(second.stdout);
  expect(new Set(changes.map(({ action }: { action: string }) => action))).toEqual(new Set(['unchanged']));
});

test('BigQuery: an older table of 48 columns gets the rest, its own first', async () => {
  const bigquery = await startBigQuery();
  const old = renderBigQueryFields(CONVERSATION_COLUMNS.slice(0, 48));
  bigquery.addTable('chat_analytics', 'conversation_logs', [...old, { name: 'their_own', type: 'STRING' }]);

  const planned = await init('--dry-run');
  expect(planned.stdout).toContain('would add columns to table conversation_logs (start_timestamp, end_timestamp, ');
  expect(writes(bigquery)).toEqual([]);

  expect(await init()).toMatchObject({ exitCode: 0, stderr: '' });
  expect(
    bigquery.tables.get('test-project', 'chat_analytics', 'conversation_logs')?.fields.map(({ name }) => name),
  ).toEqual([...old.map(({ name }) => name), 'their_own', ...CONVERSATION_COLUMNS.slice(48).map(({ name }) => name)]);
  expect((await init()).stdout).toContain('already there: table conversation_logs (not partitioned by date_partition)');
});

test('BigQuery: a column of another type is said, nothing is forced, the exit code is 1', async () => {
  const bigquery = await startBigQuery();
  bigquery.addTable('chat_analytics', 'conversation_logs', [
    { name: 'message_id', type: 'STRING', mode: 'REQUIRED' },
    { name: 'success', type: 'STRING' },
  ]);
  const { exitCode, stdout } = await init();
  expect(exitCode).toBe(1);
  expect(stdout).toContain('cannot be made right: table conversation_logs (success is STRING, not BOOLEAN)');
  expect(bigquery.tables.get('test-project', 'chat_analytics', 'conversation_logs')?.fields[1]).toMatchObject({
    type: 'STRING',
  });
});

test('BigQuery: a refusal is one line and exit code 1', async () => {
  const bigquery = await startBigQuery();
  bigquery.faults = () => ({
    kind: 'error',
    status: 403,
    reason: 'accessDenied',
    message: 'Access Denied: no permission',
  });
  const { exitCode, stdout, stderr } = await init();
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toBe('spanledger: Access Denied: no permission\n');
});

test('a configuration that cannot be used exits with 2 and names the setting', async () => {
  const { exitCode, stderr } = await runTestCli(['init', '--project', 'Not A Project']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('is "Not A Project"; allowed: a Google Cloud project');
});
