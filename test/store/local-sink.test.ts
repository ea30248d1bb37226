import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { openWritable } from '../../src/base/open-sqlite.ts';
import type { RowSink } from '../../src/delivery/row-sink.ts';
import { LocalSink } from '../../src/store/local-sink.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleEntry } from './sample-entry.ts';
import { temporaryDirectory } from './temporary-directory.ts';

interface Opened {
  readonly sink: LocalSink;
  readonly path: string;
  readonly lines: readonly string[];
}

function openSink(
  options: { readonly path?: string; readonly maxHeldBytes?: number; readonly clock?: Clock } = {},
): Opened {
  const lines: string[] = [];
  const path = options.path ?? join(temporaryDirectory(), 'store.db');
  const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
  return { sink: new LocalSink({ clock: systemClock, ...options, path, diagnostics }), path, lines };
}

function count(path: string): unknown {
  const store = LocalStore.openReadOnly(path);
  const [row] = store.query('SELECT count(*) AS n FROM conversation_logs');
  store.close();
  return row?.n;
}

function expectBalanced(sink: RowSink): void {
  const { received, stored, fallback, pending, dropped } = sink.stats();
  expect(stored + fallback + pending + Object.values(dropped).reduce((sum, n) => sum + n, 0)).toBe(received);
}

const entries = (n: number, prefix = 'm') => Array.from({ length: n }, (_, i) => sampleEntry(`${prefix}${i}`));

test('a burst in one tick is stored, all of it, once', async () => {
  const { sink, path, lines } = openSink();
  const writes = entries(2_300).map((entry) => sink.write([entry]));
  expect(sink.stats()).toMatchObject({ received: 2_300, pending: 2_300, stored: 0 });
  const results = (await Promise.all(writes)).flat();
  expect(results.every(({ status }) => status === 'stored')).toBe(true);
  await sink.write(entries(100));
  expect(count(path)).toBe(2_300);
  expectBalanced(sink);
  expect(await sink.shutdown(1_000)).toMatchObject({ settled: true, pending: 0 });
  expect(lines).toEqual([]);
});

test('flush stores what was written in the same tick', async () => {
  const { sink, path } = openSink();
  const written = sink.write(entries(3));
  expect(await sink.flush(1_000)).toMatchObject({ settled: true, pending: 0 });
  expect(count(path)).toBe(3);
  expect(await written).toHaveLength(3);
  await sink.shutdown(1_000);
});

test('nothing is opened before the first row', async () => {
  const { sink, path } = openSink();
  await sink.flush(1_000);
  await sink.shutdown(1_000);
  expect(() => count(path)).toThrow('no store');
});

test('a row that its table refuses is dropped, said and counted; its neighbours are stored', async () => {
  const { sink, lines } = openSink();
  const results = await sink.write([sampleEntry('a'), sampleEntry('b', { hour_of_day: 'noon' }), sampleEntry('c')]);
  expect(results.map(({ status }) => status)).toEqual(['stored', 'dropped', 'stored']);
  expect(sink.stats()).toMatchObject({ stored: 2, dropped: { 'invalid-row': 1 } });
  expect(lines).toEqual([
    '[spanledger] conversation_logs refuses a row: no such table, or a value does not fit its column (invalid-row)',
  ]);
  await sink.shutdown(1_000);
});

test('a row for a table that the store does not have is dropped; its neighbours are stored', async () => {
  const { sink } = openSink();
  const stranger = { ...sampleEntry('b'), table: 'nobody_knows' };
  const results = await sink.write([sampleEntry('a'), stranger, sampleEntry('c')]);
  expect(results.map(({ status }) => status)).toEqual(['stored', 'dropped', 'stored']);
  expect(await sink.shutdown(1_000)).toMatchObject({ settled: true });
});

test('a store that cannot be opened is said once, rows wait, and are stored once it can be', async () => {
  const directory = temporaryDirectory();
  const blocked = join(directory, 'blocked');
  writeFileSync(blocked, 'a file where a directory should be');
  const { sink, path, lines } = openSink({ path: join(blocked, 'store.db') });
  expect(await sink.write(entries(2))).toEqual([
    { status: 'pending', durable: false },
    { status: 'pending', durable: false },
  ]);
  expect(await sink.write(entries(1, 'late'))).toEqual([{ status: 'pending', durable: false }]);
  expect(await sink.flush(0)).toMatchObject({ settled: false, pending: 3 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`rows wait in memory: the store ${path} cannot be opened`);

  rmSync(blocked);
  expect(await sink.flush(5_000)).toMatchObject({ settled: true, pending: 0 });
  expect(count(path)).toBe(3);
  expectBalanced(sink);
  await sink.shutdown(1_000);
});

test('a flush ends when the store is back, and at its deadline tries once more', async () => {
  const blocked = join(temporaryDirectory(), 'blocked');
  writeFileSync(blocked, '');
  const clock = new ManualClock();
  const { sink } = openSink({ path: join(blocked, 'store.db'), clock });
  await sink.write(entries(1));
  const first = sink.flush(10_000);
  await clock.advance(9_999);
  expect(sink.stats()).toMatchObject({ pending: 1 });
  rmSync(blocked);
  await clock.advance(1);
  expect(await first).toMatchObject({ settled: true, pending: 0 });
  expect(clock.timers).toBe(0);
  await sink.shutdown(1_000);
});

test('what waits in memory is bounded; what the bound drops is counted', async () => {
  const blocked = join(temporaryDirectory(), 'blocked');
  writeFileSync(blocked, '');
  const rowBytes = Buffer.byteLength(JSON.stringify(sampleEntry('m0').row));
  const { sink } = openSink({ path: join(blocked, 'store.db'), maxHeldBytes: rowBytes * 10 });
  const results = await sink.write(entries(15));
  expect(results.filter(({ status }) => status === 'pending')).toHaveLength(10);
  expect(sink.stats()).toMatchObject({ received: 15, pending: 10, dropped: { 'store-unavailable': 5 } });
  expect(await sink.shutdown(0)).toMatchObject({ settled: false, pending: 10 });
  expect(sink.stats()).toMatchObject({ pending: 0, dropped: { 'store-unavailable': 15 } });
  expectBalanced(sink);
});

test("another process's lock delays rows and says nothing", async () => {
  const { sink, path, lines } = openSink();
  await sink.write(entries(1));
  const other = openWritable(path, { busyTimeoutMillis: 0 });
  other.exec('BEGIN IMMEDIATE');
  expect(await sink.write(entries(2, 'waiting'))).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
  other.exec('COMMIT');
  other.close();
  expect(await sink.flush(5_000)).toMatchObject({ settled: true });
  expect(count(path)).toBe(3);
  expect(lines).toEqual([]);
  await sink.shutdown(1_000);
});

test('a store that is deleted while the agent runs is made anew', async () => {
  const { sink, path } = openSink();
  await sink.write(entries(1, 'before'));
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix);
  await sink.write(entries(2, 'after'));
  expect(count(path)).toBe(2);
  await sink.shutdown(1_000);
});

test('after shutdown rows are refused; a second shutdown is the first', async () => {
  const { sink, path } = openSink();
  const written = sink.write(entries(2));
  const [first, second] = await Promise.all([sink.shutdown(1_000), sink.shutdown(1_000)]);
  expect(second).toBe(first);
  expect(await written).toMatchObject([{ status: 'stored' }, { status: 'stored' }]);
  expect(await sink.write(entries(1))).toEqual([{ status: 'dropped', reason: 'shutdown' }]);
  expect(count(path)).toBe(2);
  expectBalanced(sink);
});

test('at the exit of the process everything is stored at once', async () => {
  const { sink, path } = openSink();
  const writes = sink.write(entries(600));
  sink.persistSync();
  expect(count(path)).toBe(600);
  expect((await writes).every(({ status }) => status === 'stored')).toBe(true);
  await sink.shutdown(1_000);
});

test('what cannot be stored at the exit is said', async () => {
  const blocked = join(temporaryDirectory(), 'blocked');
  writeFileSync(blocked, '');
  const { sink, path, lines } = openSink({ path: join(blocked, 'store.db') });
  await sink.write(entries(2));
  sink.persistSync();
  expect(lines.at(-1)).toBe(`[spanledger] 2 rows are lost: ${path} did not take them (rows-lost)`);
});
