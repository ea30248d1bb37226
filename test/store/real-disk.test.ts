// On file systems that really are full or read-only. Making one takes the right to mount, so elsewhere these are skipped.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { LocalSink } from '../../src/store/local-sink.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { OPENS_NO_ADDRESS } from '../support/old-sqlite.ts';
import { sampleEntry } from './sample-entry.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

function smallDisk(): string | undefined {
  const directory = temporaryDirectory();
  if (!mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory)) return undefined;
  onTestFinished(() => void spawnSync('umount', ['--lazy', directory]));
  return directory;
}

function openSink(path: string): { readonly sink: LocalSink; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
  return { sink: new LocalSink({ path, clock: systemClock, diagnostics }), lines };
}

function storedCount(path: string): unknown {
  const store = LocalStore.openReadOnly(path);
  const [row] = store.query('SELECT count(*) AS n FROM conversation_logs_latest');
  store.close();
  return row?.n;
}

test('a full disk: rows wait, what is stored stays, and it goes on when there is room', async ({ skip }) => {
  const disk = smallDisk();
  if (disk === undefined) return skip('no right to mount');
  const path = join(disk, 'store.db');
  const { sink, lines } = openSink(path);
  await sink.write([sampleEntry('first')]);
  const ballast = join(disk, 'ballast');
  try {
    writeFileSync(ballast, Buffer.alloc(2 ** 20));
  } catch {
    // The disk is full now.
  }
  const large = Array.from({ length: 20 }, (_, i) => sampleEntry(`m${i}`, { user_question: 'x'.repeat(5_000) }));
  expect(new Set((await sink.write(large)).map(({ status }) => status))).toEqual(new Set(['pending']));
  expect(lines).toEqual([
    `[spanledger] rows wait in memory: the store ${path} cannot grow: the disk is full (local-store-unavailable)`,
  ]);

  rmSync(ballast);
  expect(await sink.flush(5_000)).toMatchObject({ settled: true, pending: 0 });
  expect(sink.stats()).toMatchObject({ received: 21, stored: 21 });
  expect(storedCount(path)).toBe(21);
  await sink.shutdown(1_000);
});

test('a read-only disk: one message, the host goes on; the store can still be read', async ({ skip }) => {
  const disk = smallDisk();
  if (disk === undefined) return skip('no right to mount');
  const path = join(disk, 'store.db');
  const before = openSink(path).sink;
  await before.write([sampleEntry('first')]);
  await before.shutdown(1_000);
  expect(mount('-o', 'remount,ro', disk)).toBe(true);

  const { sink, lines } = openSink(path);
  expect(await sink.write([sampleEntry('second')])).toEqual([{ status: 'pending', durable: false }]);
  await sink.flush(200);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/rows wait in memory: the store .* cannot be (written|opened)/);
  expect(await sink.shutdown(0)).toMatchObject({ settled: false, pending: 1 });
  if (!OPENS_NO_ADDRESS) expect(storedCount(path)).toBe(1);
});
