import { expect, test } from 'vitest';
import type { SinkStats } from '../../src/delivery/row-sink.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { faultQueue, HTML_PAGE } from '../support/bigquery-faults.ts';
import { DeliveryBench, outboxIn } from '../support/delivery-bench.ts';
import { DATASET } from '../support/delivery-tables.ts';
import { sampleRow, sampleRows } from '../support/sample-rows.ts';

function balance(stats: SinkStats): number {
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  return stats.received - stats.stored - stats.fallback - stats.pending - dropped;
}

test('rows of two tables arrive as they were written, through the disk', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.addTable(DATASET, 'feedback', CONVERSATION_LOGS.columns);
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()) });
  const turns = sampleRows(3);
  const feedback = sampleRows(2, 'f', 'feedback');
  const results = await sink.write([...turns, ...feedback]);
  expect(results).toEqual(Array(5).fill({ status: 'pending', durable: true }));
  const flushed = await sink.shutdown(10_000);
  expect(flushed).toEqual({ settled: true, pending: 0, detail: 'every row is stored or in the fallback' });
  expect(bench.bigQuery.rows('conversation_logs')).toEqual(turns.map(({ row }) => row));
  expect(bench.bigQuery.rows('feedback')).toEqual(feedback.map(({ row }) => row));
  expect(bench.bigQuery.insertIds('conversation_logs')).toEqual(turns.map(({ key }) => key));
  expect(bench.bigQuery.requests[0]?.authorization).toMatch(/^Bearer /);
  expect(sink.stats()).toMatchObject({ received: 5, stored: 5, pending: 0, fallback: 0, dropped: {} });
});

test('a table needs no registration: its rows arrive, those of an earlier process as well', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.addTable(DATASET, 'feedback', CONVERSATION_LOGS.columns);
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  bench.logging.faults = () => ({ kind: 'error', code: 14 });
  const outbox = outboxIn(temporaryDirectory());
  const first = bench.sink({ outbox });
  await first.write(sampleRows(3, 'f', 'feedback'));
  expect(await first.shutdown(5_000)).toMatchObject({ settled: true, pending: 3 });
  bench.bigQuery.faults = () => undefined;
  bench.logging.faults = () => undefined;
  const next = bench.sink({ outbox });
  await next.write(sampleRows(2, 'g', 'feedback'));
  expect(await next.shutdown(10_000)).toMatchObject({ settled: true, pending: 0 });
  expect(new Set(bench.bigQuery.insertIds('feedback'))).toEqual(new Set(['f-0:1', 'f-1:1', 'f-2:1', 'g-0:1', 'g-1:1']));
  expect(next.stats()).toMatchObject({ received: 5, adopted: 3, stored: 5, dropped: {} });
});

test('one bad row in 500: the others are stored by one request, the bad one goes to the fallback with its reason', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()), lingerMillis: 60_000 });
  const rows = sampleRows(500);
  rows[250] = sampleRow('bad', { prompt_token_count: 'many' });
  await sink.write(rows);
  await sink.shutdown(10_000);
  expect(bench.bigQuery.requests.filter(({ operation }) => operation === 'insertAll')).toHaveLength(1);
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(499);
  const [entry] = bench.logging.entries();
  expect(entry).toMatchObject({
    logName: 'projects/test-project/logs/conversation_tracking_fallback',
    severity: 'ERROR',
    trace: 'projects/test-project/traces/0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceSampled: true,
  });
  expect(entry?.jsonPayload.message).toMatch(/^\[FALLBACK\] conversation_logs row bad:1 .*prompt_token_count/);
  expect(entry?.jsonPayload.spanledger).toMatchObject({ key: 'bad:1', record: rows[250]?.row });
  expect(sink.stats()).toMatchObject({ received: 500, stored: 499, fallback: 1 });
});

test.each([
  ['an answer that is a page', { kind: 'answer', body: HTML_PAGE, contentType: 'text/html', commit: false }],
  ['an answer of {}', { kind: 'answer', body: '{}', contentType: 'application/json', commit: false }],
  ['an empty answer', { kind: 'answer', body: '', contentType: 'application/json', commit: true }],
  ['a reset before the commit', { kind: 'reset-before' }],
  ['a reset after the commit', { kind: 'reset-after' }],
  ['a rate limit', { kind: 'error', status: 403, reason: 'rateLimitExceeded' }],
  ['a quota', { kind: 'error', status: 403, reason: 'quotaExceeded' }],
  ['an expired token', { kind: 'error', status: 401, reason: 'authError' }],
  ['a page of the front end', { kind: 'error', status: 502, reason: '', html: true }],
  ['rows to be sent later', { kind: 'row-errors', reason: 'backendError', indexes: [1] }],
  ['nothing but stopped rows', { kind: 'row-errors', reason: 'stopped', indexes: [0, 1, 2] }],
  ['one stopped row', { kind: 'row-errors', reason: 'stopped', indexes: [2] }],
] as const)('after %s every row is stored once', async (_, fault) => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = faultQueue('insertAll', [fault]);
  const sink = bench.sink({
    outbox: outboxIn(temporaryDirectory()),
    retry: { initialMillis: 1, maxMillis: 5, multiplier: 2, totalMillis: 60_000 },
  });
  const rows = sampleRows(3);
  await sink.write(rows);
  await expect.poll(() => sink.stats().pending).toBe(0);
  await sink.shutdown(10_000);
  const byKey = (a: { message_id?: unknown }, b: { message_id?: unknown }): number =>
    String(a.message_id).localeCompare(String(b.message_id));
  expect([...bench.bigQuery.rows('conversation_logs')].sort(byKey)).toEqual(rows.map(({ row }) => row));
  expect(sink.stats()).toMatchObject({ stored: 3, fallback: 0 });
});

test('columns that the table lacks are left out, said once and counted', async () => {
  const bench = await DeliveryBench.start();
  const table = bench.bigQuery.tables.find('conversation_logs');
  if (table === undefined) throw new Error('no table');
  table.fields = table.fields
    .filter(({ name }) => !['trace_id', 'span_id', 'sampled'].includes(name))
    .map((field) => (field.name === 'client_info' ? { ...field, fields: field.fields?.slice(0, 1) ?? [] } : field));
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()), maxBatchRows: 10 });
  await sink.write(sampleRows(100));
  await sink.shutdown(10_000);
  expect(sink.stats()).toMatchObject({ stored: 100, fallback: 0, rowsCut: 100 });
  expect(bench.bigQuery.rows('conversation_logs')[0]).not.toHaveProperty('trace_id');
  expect(bench.bigQuery.rows('conversation_logs')[0]).toHaveProperty('client_info', { user_agent: 'test' });
  expect(bench.said.filter((line) => line.includes('has no column trace_id'))).toHaveLength(1);
});

test('without a disk a row waits in memory, and at the end goes where somebody can find it', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  bench.logging.faults = () => ({ kind: 'error', code: 14 });
  const sink = bench.sink({ retry: { initialMillis: 1, maxMillis: 5, multiplier: 2, totalMillis: 60_000 } });
  expect(await sink.write(sampleRows(3))).toEqual(Array(3).fill({ status: 'pending', durable: false }));
  const result = await sink.shutdown(5_000);
  expect(result.settled).toBe(true);
  expect(bench.lines).toHaveLength(3);
  expect(JSON.parse(bench.lines[0] ?? '')).toMatchObject({
    severity: 'WARNING',
    spanledger: { key: 'm-0:1', record: { message_id: 'm-0' } },
  });
  expect(sink.stats()).toMatchObject({ received: 3, fallback: 3, lastResort: 3, pending: 0 });
});

test('a row that no memory takes, and one that is there when the process ends, is a line with the reason', async () => {
  const bench = await DeliveryBench.start();
  const full = bench.sink({ maxMemoryBytes: 100 });
  expect(await full.write(sampleRows(1))).toEqual([{ status: 'fallback', reason: 'no-room' }]);
  const ending = bench.sink({ lingerMillis: 60_000 });
  void ending.write(sampleRows(1, 'last'));
  ending.persistSync();
  expect(bench.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { spanledger: { key: 'm-0:1', reason: 'no-room' } },
    { spanledger: { key: 'last-0:1', reason: 'process-ended' } },
  ]);
  expect([full, ending].map((sink) => balance(sink.stats()))).toEqual([0, 0]);
  await Promise.all([full.shutdown(1_000), ending.shutdown(1_000)]);
});

test('with a disk what nothing takes stays there, and the next start delivers it', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  bench.logging.faults = () => ({ kind: 'error', code: 14 });
  const outbox = outboxIn(temporaryDirectory());
  const sink = bench.sink({ outbox });
  const rows = sampleRows(1_000);
  await sink.write(rows);
  const result = await sink.shutdown(5_000);
  expect(result).toMatchObject({ settled: true, pending: 1_000 });
  expect(result.detail).toContain('1000 rows durable on disk');
  expect(balance(sink.stats())).toBe(0);
  bench.bigQuery.faults = () => undefined;
  bench.logging.faults = () => undefined;
  const next = bench.sink({ outbox });
  expect(await next.shutdown(10_000)).toMatchObject({ settled: true, pending: 0 });
  expect(next.stats()).toMatchObject({ received: 1_000, adopted: 1_000, stored: 1_000 });
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(1_000);
});

test('a row written twice is one row', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()) });
  const [row] = sampleRows(1);
  if (row === undefined) throw new Error('no row');
  expect(await sink.write([row, row])).toEqual([
    { status: 'pending', durable: true },
    { status: 'dropped', reason: 'duplicate' },
  ]);
  await sink.flush(5_000);
  expect(await sink.write([row])).toEqual([{ status: 'dropped', reason: 'duplicate' }]);
  await sink.shutdown(5_000);
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(1);
  expect(balance(sink.stats())).toBe(0);
});

test('a burst of 10,000 rows in one tick is accepted and stored whole', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()) });
  const written = sampleRows(10_000).map((row) => sink.write([row]));
  expect(sink.stats()).toMatchObject({ received: 10_000, pending: 10_000 });
  const results = (await Promise.all(written)).flat();
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['pending']));
  expect(await sink.shutdown(20_000)).toMatchObject({ settled: true, pending: 0 });
  expect(new Set(bench.bigQuery.insertIds('conversation_logs')).size).toBe(10_000);
});

test('a serverless write resolves when its rows are stored', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink({ serverless: true, lingerMillis: 60_000 });
  expect(await sink.write(sampleRows(2))).toEqual([{ status: 'stored' }, { status: 'stored' }]);
  await sink.shutdown(5_000);
});

test('after shutdown rows are dropped, and a second shutdown is the first', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink();
  const [first, second] = await Promise.all([sink.shutdown(1_000), sink.shutdown(1_000)]);
  expect(second).toEqual(first);
  expect(await sink.write(sampleRows(1))).toEqual([{ status: 'dropped', reason: 'shutdown' }]);
  expect(await sink.flush(1_000)).toMatchObject({ settled: true });
  expect(balance(sink.stats())).toBe(0);
});
