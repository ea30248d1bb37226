import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { readFallbackLog } from '../../src/google/cloud-logging.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { readCandidates } from '../../src/replay/replay-candidates.ts';
import { runTestCli } from '../cli/test-context.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { DeliveryBench, GIVES_UP_SOON, outboxIn } from '../support/delivery-bench.ts';
import { DATASET } from '../support/delivery-tables.ts';
import { sampleRow, sampleRows } from '../support/sample-rows.ts';

afterEach(() => vi.unstubAllEnvs());

const REPLAY = ['replay', '--project', 'test-project', '--dataset', DATASET] as const;

/** Rows that BigQuery did not take: an ordinary one, one over the size of an entry, and one that BigQuery refused. */
async function fillFallback(bench: DeliveryBench): Promise<ReturnType<typeof sampleRow>[]> {
  bench.bigQuery.addTable(DATASET, 'feedback', CONVERSATION_LOGS.columns);
  const rows = [
    sampleRow('plain'),
    sampleRow('large', { agent_response: `${'€uro '.repeat(100_000)}end` }),
    sampleRow('feedback', {}, 'feedback'),
    sampleRow('refused', { prompt_token_count: 'many' }),
  ];
  bench.bigQuery.faults = ({ table }) =>
    table === 'conversation_logs' ? { kind: 'error', status: 503, reason: 'backendError' } : undefined;
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()), ...GIVES_UP_SOON });
  await sink.write(rows);
  await expect.poll(() => sink.stats().fallback).toBe(3);
  await sink.shutdown(1_000);
  bench.bigQuery.faults = () => undefined;
  return rows;
}

async function start(): Promise<{ bench: DeliveryBench; cwd: string }> {
  const bench = await DeliveryBench.start();
  vi.stubEnv('BIGQUERY_EMULATOR_HOST', bench.bigQuery.url);
  return { bench, cwd: temporaryDirectory() };
}

test.each([
  [
    'as `gcloud logging read --format=json` writes it',
    (entries: readonly unknown[]) => JSON.stringify(entries, null, 2),
  ],
  [
    'as a sink to storage writes it',
    (entries: readonly unknown[]) => entries.map((entry) => JSON.stringify(entry)).join('\n'),
  ],
  [
    'newest first, with every entry twice',
    (entries: readonly unknown[]) => JSON.stringify([...entries, ...entries].reverse()),
  ],
])('an export of Cloud Logging %s comes back into the tables, once', async (_, render) => {
  const { bench, cwd } = await start();
  const rows = await fillFallback(bench);
  writeFileSync(join(cwd, 'export.json'), render(bench.logging.entries()));
  const first = await runTestCli([...REPLAY, 'export.json', '--json'], { cwd });
  expect(JSON.parse(first.stdout)).toMatchObject({ stored: 2, invalid: 1, refused: 0, finished: true });
  expect(first.stderr).toContain('row refused:1 has no INTEGER in prompt_token_count');
  expect(first.exitCode).toBe(1);
  const stored = bench.bigQuery.rows('conversation_logs');
  expect([...stored].sort((a, b) => String(a.message_id).localeCompare(String(b.message_id)))).toEqual([
    rows[1]?.row,
    rows[0]?.row,
  ]);

  const again = await runTestCli([...REPLAY, 'export.json', '--json'], { cwd });
  expect(JSON.parse(again.stdout)).toMatchObject({ stored: 0, storedBefore: 2 });
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(2);
});

test('the fallback log is read live, beyond a page and beyond a day', async () => {
  const { bench } = await start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  const twoDaysAgo = Date.now() - 2 * 86_400_000;
  const sink = bench.sink(GIVES_UP_SOON, {
    clock: {
      now: () => twoDaysAgo,
      monotonic: () => performance.now(),
      setTimer: (callback, delay) => {
        const timer = setTimeout(callback, delay);
        return { cancel: () => clearTimeout(timer) };
      },
    },
  });
  await sink.write(sampleRows(250));
  await expect.poll(() => sink.stats().fallback).toBe(250);
  await sink.shutdown(1_000);
  const source = { projectId: 'test-project', clientOptions: bench.logging.clientOptions };
  const problems: string[] = [];
  const keys: string[] = [];
  for await (const { key } of readCandidates(readFallbackLog(source), 'conversation_logs', (problem) =>
    problems.push(problem),
  ))
    keys.push(key);
  expect(new Set(keys).size).toBe(250);
  expect(problems).toEqual([]);
  const later: string[] = [];
  const from = new Date(Date.now() - 1_000).toISOString();
  for await (const { key } of readCandidates(
    readFallbackLog({ ...source, from }),
    'conversation_logs',
    () => undefined,
  ))
    later.push(key);
  expect(later).toEqual([]);
});

test('lines of standard error and plain records are sources too', async () => {
  const { bench, cwd } = await start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  const sink = bench.sink({}, { fallback: () => Promise.reject(new Error('no logging')) });
  await sink.write([sampleRow('line')]);
  await sink.shutdown(500);
  bench.bigQuery.faults = () => undefined;
  writeFileSync(join(cwd, 'stderr.log'), `server started\n${bench.lines.join('\n')}\n`);
  writeFileSync(
    join(cwd, 'records.ndjson'),
    `${JSON.stringify(sampleRow('record').row)}\n{"other":1}\n{"message_id":"half"`,
  );
  const result = await runTestCli([...REPLAY, 'stderr.log', 'records.ndjson', '--json'], { cwd });
  expect(JSON.parse(result.stdout)).toMatchObject({ read: 2, stored: 2 });
  expect(result.stderr).toContain('records.ndjson ends in the middle of an object');
  expect(bench.bigQuery.insertIds('conversation_logs')).toEqual(['line:1', 'record:1']);
});

test('OTLP files are mapped as the agent would have', async () => {
  const { bench, cwd } = await start();
  const fixture = join(import.meta.dirname, '../fixtures/dialects/google-adk-2.0.0-toolloop.json');
  const { otlp } = JSON.parse(readFileSync(fixture, 'utf8')) as { otlp: unknown };
  const now = `${Date.now()}000000`;
  writeFileSync(
    join(cwd, 'spans.json'),
    JSON.stringify(otlp, (name, value: unknown) =>
      name.endsWith('TimeUnixNano') || name === 'timeUnixNano' ? now : value,
    ),
  );
  const result = await runTestCli([...REPLAY, '--otlp', 'spans.json', '--json'], { cwd });
  expect(result.stderr).toBe('');
  const [row] = bench.bigQuery.rows('conversation_logs');
  expect(row).toMatchObject({ message_type: 'user_question', tracking_backend: 'solid' });
  expect(bench.bigQuery.insertIds('conversation_logs')).toEqual([`${String(row?.message_id)}:1`]);
});

test('the outbox of a process that has ended is delivered, refused rows included', async () => {
  const { bench, cwd } = await start();
  const outbox = outboxIn(join(cwd, '.spanledger/outbox'));
  const table = bench.bigQuery.tables.find('conversation_logs');
  const columns = table?.fields ?? [];
  if (table !== undefined)
    table.fields = columns.map((field) => (field.name === 'sampled' ? { ...field, type: 'INTEGER' } : field));
  const sink = bench.sink({ outbox }, { fallback: () => Promise.reject(new Error('no logging')) });
  await sink.write(sampleRows(3));
  await sink.shutdown(500);
  expect(sink.stats()).toMatchObject({ stored: 0, pending: 3 });
  const command = ['replay', '--outbox', '--json'];
  const env = { SPANLEDGER_BIGQUERY_PROJECT: 'test-project', SPANLEDGER_BIGQUERY_DATASET: DATASET };
  const dry = await runTestCli([...command, '--dry-run'], { cwd, env });
  expect(JSON.parse(dry.stdout)).toEqual({ wouldStore: 3 });
  if (table !== undefined) table.fields = columns;
  const result = await runTestCli(command, { cwd, env });
  expect(JSON.parse(result.stdout)).toMatchObject({ read: 3, stored: 3, pending: 0 });
  expect(result.exitCode).toBe(0);
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(3);
});

test('a dry run stores nothing and leaves no trace', async () => {
  const { bench, cwd } = await start();
  writeFileSync(
    join(cwd, 'records.ndjson'),
    sampleRows(3)
      .map(({ row }) => JSON.stringify(row))
      .join('\n'),
  );
  const result = await runTestCli([...REPLAY, 'records.ndjson', '--dry-run'], { cwd });
  expect(result.stdout).toMatch(/would be stored\s+3/);
  expect(bench.bigQuery.requests).toHaveLength(0);
});

test.each([[['replay']], [['replay', '--outbox', 'file.json']]])('%j is wrong usage', async (argv) => {
  const { exitCode, stderr } = await runTestCli(argv, { cwd: temporaryDirectory() });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('one source');
});

test('a file that cannot be read is said, and the others are replayed', async () => {
  const { bench, cwd } = await start();
  writeFileSync(join(cwd, 'records.ndjson'), JSON.stringify(sampleRow('one').row));
  const result = await runTestCli([...REPLAY, 'missing.json', 'records.ndjson'], { cwd });
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain('missing.json cannot be read');
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(1);
});
