import { expect, test } from 'vitest';
import { openTemporary } from '../../src/base/open-sqlite.ts';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { runTestCli } from './test-context.ts';

const NAMES = CONVERSATION_COLUMNS.map(({ name }) => name);

async function schema(...argv: string[]): Promise<string> {
  const run = await runTestCli(['schema', ...argv]);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return run.stdout;
}

test('SQLite: what is printed can be run, again and again', async () => {
  const sql = await schema('--dialect', 'sqlite');
  const database = openTemporary(0);
  database.exec(sql);
  database.exec(sql);
  expect(
    database
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all('conversation_logs_latest')
      .map(({ name }) => name),
  ).toEqual(NAMES);
  database.close();
});

test('BigQuery: one table as `bq mk --schema` takes it', async () => {
  const fields = JSON.parse(await schema('--json', '--table', 'conversation_logs'));
  expect(fields.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  expect(fields.find(({ name }: { name: string }) => name === 'model_calls')).toMatchObject({
    type: 'RECORD',
    mode: 'REPEATED',
    fields: expect.arrayContaining([expect.objectContaining({ name: 'finish_reason', type: 'STRING' })]),
  });
});

test('BigQuery: SQL with partition, clusters, nested types and descriptions', async () => {
  const sql = await schema('--project', 'my-project', '--dataset', 'chats');
  expect(sql).toContain('CREATE TABLE IF NOT EXISTS `my-project.chats.conversation_logs` (');
  expect(sql).toContain('\n)\nPARTITION BY date_partition\nCLUSTER BY agent_name, user_id;');
  expect(sql).toContain('PARTITION BY DATE(timestamp)'); // migration
  expect(sql).toContain('\n  tools_used ARRAY<STRING> OPTIONS(description="');
  expect(sql).toMatch(/\n {2}tool_calls ARRAY<STRUCT<\n {4}span_id STRING OPTIONS\(description="[^"]+"\),/);
  expect(sql).toContain('CREATE OR REPLACE VIEW `my-project.chats.conversation_logs_latest` AS');
});

test('JSON: a JSON Schema of the records', async () => {
  const { properties, required } = JSON.parse(await schema('--dialect', 'json', '--table', 'conversation_logs'));
  expect(required).toEqual(NAMES);
  expect(properties.success).toMatchObject({ type: ['boolean', 'null'] });
  expect(properties.tools_used).toMatchObject({ type: 'array', items: { type: 'string' } });
  expect(properties.timestamp).toMatchObject({ type: 'string', format: 'date-time' });
});
