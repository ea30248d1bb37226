import { expect, onTestFinished, test } from 'vitest';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { DeliveryBench, outboxIn, QUICK } from '../support/delivery-bench.ts';
import { DeliveryProcess } from '../support/delivery-process.ts';
import { DATASET, TABLE } from '../support/delivery-tables.ts';
import { sampleRows } from '../support/sample-rows.ts';

async function startChild(bench: DeliveryBench, directory: string): Promise<DeliveryProcess> {
  const child = new DeliveryProcess();
  onTestFinished(() => child.kill());
  await child.open({
    sink: 1,
    config: { ...QUICK, outbox: outboxIn(directory), retry: { ...QUICK.retry, totalMillis: 600_000 } },
    bigQuery: { projectId: 'test-project', datasetId: DATASET, table: TABLE },
    bigQueryUrl: bench.bigQuery.url,
    loggingPort: bench.logging.port,
    transportFails: false,
  });
  return child;
}

test('SIGTERM with 10,000 rows pending and BigQuery down: all are durable, and the next start delivers them', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  const directory = temporaryDirectory();
  const child = await startChild(bench, directory);
  await child.drainOnSigterm(60_000);
  const rows = sampleRows(10_000);
  const written = child.write(1, rows);
  // The signal arrives while rows are still being committed.
  await expect.poll(async () => (await child.stats(1))?.received).toBe(10_000);
  await child.kill('SIGTERM');
  await written;
  expect(child.drained?.results).toMatchObject([{ settled: true, pending: 10_000 }]);
  console.info(`durable ${Math.round(child.drained?.millis ?? 0)} ms after SIGTERM`);

  bench.bigQuery.faults = () => undefined;
  const next = bench.sink({ outbox: outboxIn(directory) });
  expect(await next.shutdown(60_000)).toMatchObject({ pending: 0 });
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(10_000);
  expect(new Set(bench.bigQuery.insertIds('conversation_logs')).size).toBe(10_000);
});

test('SIGTERM with a batch in flight: it is awaited, and its rows are stored once', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = ({ operation }) =>
    operation === 'insertAll' ? { kind: 'slow-body', delayMillis: 300 } : undefined;
  const directory = temporaryDirectory();
  const child = await startChild(bench, directory);
  await child.drainOnSigterm(60_000);
  await child.write(1, sampleRows(20));
  await expect.poll(() => bench.bigQuery.requests.length).toBeGreaterThan(0);
  await child.kill('SIGTERM');
  expect(child.drained?.results).toMatchObject([{ settled: true, pending: 0 }]);
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(20);
});

test('two processes on one outbox folder deliver each row once, and the living delivers for the dead', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.addTable(DATASET, 'conversation_logs', CONVERSATION_LOGS.columns);
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  const directory = temporaryDirectory();
  const [first, second] = await Promise.all([startChild(bench, directory), startChild(bench, directory)]);
  await Promise.all([first.write(1, sampleRows(100, 'first')), second.write(1, sampleRows(100, 'second'))]);
  await first.kill();
  bench.bigQuery.faults = () => undefined;
  await expect.poll(async () => (await second.flush(1, 60_000))?.pending).toBe(0);
  expect(new Set(bench.bigQuery.insertIds('conversation_logs')).size).toBe(200);
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(200);
});
