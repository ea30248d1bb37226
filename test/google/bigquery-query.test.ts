import { expect, onTestFinished, test } from 'vitest';
import { type BigQueryAdmin, openBigQueryAdmin } from '../../src/google/bigquery-admin.ts';
import { LoopbackBigQuery, type QueryRequest } from '../support/loopback-bigquery.ts';

const GIGABYTE = 1_000_000_000;

async function start(maxBytesBilled?: number): Promise<{ admin: BigQueryAdmin; seen: QueryRequest[] }> {
  const seen: QueryRequest[] = [];
  const bigquery = await LoopbackBigQuery.start({
    onQuery: (request) => {
      seen.push(request);
      return { fields: [{ name: 'n', type: 'INTEGER' }], rows: [{ n: 1 }], bytesRead: 2 * GIGABYTE };
    },
  });
  onTestFinished(() => bigquery.close());
  const own = { projectId: 'test-project', dataset: 'd', table: 't', endpoint: bigquery.url, maxBytesBilled };
  return { admin: await openBigQueryAdmin(own), seen };
}

test('parameters arrive by name, with the type of what they are compared with', async () => {
  const { admin, seen } = await start();
  const parameters = {
    text: "it's -- \u0000 @n",
    n: 20,
    day: { type: 'DATE', value: '2026-03-01' },
    time: { type: 'TIMESTAMP', value: '2026-03-01T10:00:00.123000Z' },
  } as const;
  expect(await admin.query('SELECT @text, @n, @day, @time', parameters)).toEqual([{ n: 1 }]);
  expect(seen).toMatchObject([{ parameters: { text: parameters.text, n: 20, day: '2026-03-01' } }]);
  expect(Date.parse(String(seen[0]?.parameters.time))).toBe(Date.parse('2026-03-01T10:00:00.123Z'));
  expect(seen[0]?.maximumBytesBilled).toBeUndefined();
});

test.each([
  { sql: 'SELECT @given, @missing', said: "'missing' not found" },
  { sql: "SELECT '@given'", said: "'given' is not used" },
])('a query and its parameters fit: $sql', async ({ sql, said }) => {
  const { admin, seen } = await start();
  await expect(admin.query(sql, { given: 1 })).rejects.toThrow(said);
  expect(seen).toEqual([]);
});

test('a query that may read less than it would says how much is needed; other errors are as they are', async () => {
  const { admin } = await start(GIGABYTE);
  await expect(admin.query('SELECT 1')).rejects.toThrow('--max-bytes 3GB lets it');
  await expect(admin.query('SELECT @missing')).rejects.toThrow("'missing' not found");
  const { admin: generous } = await start(3 * GIGABYTE);
  expect(await generous.query('SELECT 1')).toEqual([{ n: 1 }]);
});
