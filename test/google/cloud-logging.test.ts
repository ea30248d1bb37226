import { expect, onTestFinished, test } from 'vitest';
import { buildFallbackEntries } from '../../src/delivery/fallback-entry.ts';
import type { FallbackEntry } from '../../src/delivery/fallback-writer.ts';
import { createCloudLoggingWriter } from '../../src/google/cloud-logging.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { DeliveryBench, GIVES_UP_SOON, outboxIn } from '../support/delivery-bench.ts';
import { LoopbackLogging } from '../support/loopback-logging.ts';
import { sampleRow, sampleRows } from '../support/sample-rows.ts';

function entryOf(id: string): FallbackEntry {
  const payload = JSON.stringify(sampleRow(id).row);
  const [entry] = buildFallbackEntries(
    { table: 'conversation_logs', key: `${id}:1`, payload, sizeBytes: payload.length, receivedAtMillis: Date.now() },
    'down',
    false,
  );
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

test('an entry that Cloud Logging refuses takes no other with it', async () => {
  const logging = await LoopbackLogging.start();
  onTestFinished(() => logging.close());
  const writer = await createCloudLoggingWriter({ projectId: 'test-project', clientOptions: logging.clientOptions });
  logging.refusesEntry = (insertId) => insertId.includes('bad');
  const outcome = await writer.write([entryOf('a'), entryOf('bad'), entryOf('b')], new AbortController().signal);
  expect(outcome).toEqual({ status: 'answered', failed: new Set([1]) });
  expect(logging.entries().map(({ insertId }) => insertId)).toEqual([
    'conversation_logs/a:1/1',
    'conversation_logs/b:1/1',
  ]);
  await writer.close?.();
});

test('a row that both refuse stays on disk, and the others pass', async () => {
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  bench.logging.refusesEntry = (insertId) => insertId.includes('m-1:');
  const outbox = outboxIn(temporaryDirectory());
  const sink = bench.sink({ outbox, ...GIVES_UP_SOON });
  await sink.write(sampleRows(3));
  await expect.poll(() => sink.stats().fallback).toBe(2);
  expect(sink.stats()).toMatchObject({ pending: 1, durable: 1 });
  bench.logging.refusesEntry = () => false;
  await expect.poll(() => sink.stats().fallback).toBe(3);
  await sink.shutdown(5_000);
});
