import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { OutboxConfig } from '../../src/delivery/delivery-config.ts';
import { OutboxDirectory } from '../../src/delivery/outbox-directory.ts';
import type { HeldRow, PendingRow } from '../../src/delivery/row-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { DeliveryBench, outboxIn } from '../support/delivery-bench.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleRows } from '../support/sample-rows.ts';

interface Opened {
  readonly directory: OutboxDirectory;
  readonly said: string[];
  readonly counted: { lost: number; adopted: number };
}

function open(directory: string, given: Partial<OutboxConfig> = {}): Opened {
  const said: string[] = [];
  const counted = { lost: 0, adopted: 0 };
  const opened = new OutboxDirectory({
    config: outboxIn(directory, given),
    clock: new ManualClock(),
    diagnostics: createDiagnostics({ write: (line) => said.push(line) }),
    onLoss: (rows) => {
      counted.lost += rows;
    },
    onAdopt: (rows) => {
      counted.adopted += rows;
    },
  });
  return { directory: opened, said, counted };
}

function pendingRows(count: number, prefix = 'k', textLength = 100): PendingRow[] {
  return Array.from({ length: count }, (_, index) => {
    const payload = JSON.stringify({ message_id: `${prefix}${index}`, text: `${index}`.padEnd(textLength, 'x') });
    return {
      table: 'conversation_logs',
      key: `${prefix}${index}:1`,
      payload,
      sizeBytes: Buffer.byteLength(payload),
      receivedAtMillis: 1_700_000_000_000 + index,
    };
  });
}

const ALL = { table: 'conversation_logs', state: 'due', maxRows: 100_000, maxBytes: 1e9 } as const;

function payloads(rows: readonly (PendingRow | HeldRow)[]): string[] {
  return rows.map(({ payload }) => payload);
}

test('rows come back in order after a reopening, refused ones apart', () => {
  const path = temporaryDirectory();
  const first = open(path);
  const rows = pendingRows(10);
  const file = first.directory.own();
  expect(file?.append(rows)).toEqual({ status: 'held', duplicates: new Set() });
  file?.refuse(file.claim({ ...ALL, maxRows: 2 }), 'invalid: tokens');
  file?.remove(file.claim({ ...ALL, maxRows: 3 }));
  first.directory.close();

  const second = open(path);
  const again = second.directory.own();
  expect(second.counted).toEqual({ lost: 0, adopted: 7 });
  expect(again?.claim({ ...ALL, state: 'refused' })).toMatchObject([
    { key: 'k0:1', refusal: 'invalid: tokens' },
    { key: 'k1:1', refusal: 'invalid: tokens' },
  ]);
  expect(payloads(again?.claim(ALL) ?? [])).toEqual(payloads(rows.slice(5)));
  second.directory.close();
});

test('a claimed row is given to nobody else until it is released', () => {
  const { directory } = open(temporaryDirectory());
  const file = directory.own();
  file?.append(pendingRows(5));
  const claimed = file?.claim({ ...ALL, maxRows: 3 }) ?? [];
  expect(file?.claim(ALL).map(({ key }) => key)).toEqual(['k3:1', 'k4:1']);
  file?.release(claimed);
  expect(file?.claim(ALL).map(({ key }) => key)).toEqual(['k0:1', 'k1:1', 'k2:1']);
  directory.close();
});

test('a claim keeps its bound of bytes, and a first row above it goes alone', () => {
  const { directory } = open(temporaryDirectory());
  const file = directory.own();
  file?.append([...pendingRows(1, 'large', 5_000), ...pendingRows(10, 'small', 400)]);
  expect(file?.claim({ ...ALL, maxBytes: 1_000 }).map(({ key }) => key)).toEqual(['large0:1']);
  expect(file?.claim({ ...ALL, maxBytes: 1_000 })).toHaveLength(2);
  directory.close();
});

test('the bound holds, and what was delivered makes room', () => {
  const { directory } = open(temporaryDirectory(), { maxBytes: 10_000 });
  const file = directory.own();
  expect(file?.append(pendingRows(10)).status).toBe('held');
  expect(file?.append(pendingRows(10, 'l')).status).toBe('full');
  file?.remove(file.claim(ALL));
  expect(file?.counts.sizeBytes).toBe(0);
  expect(file?.append(pendingRows(10, 'l')).status).toBe('held');
  directory.close();
});

test('an outbox that was large gives its space back once it is empty', () => {
  const path = temporaryDirectory();
  const { directory } = open(path);
  const file = directory.own();
  file?.append(pendingRows(300, 'k', 100_000));
  file?.remove(file.claim(ALL));
  expect(statSync(join(path, 'outbox-0.db')).size).toBeLessThan(100_000);
  directory.close();
});

test('two sinks on one folder take a file each, and the living adopts the file of the dead', () => {
  const path = temporaryDirectory();
  const first = open(path);
  const second = open(path);
  first.directory.own()?.append(pendingRows(3, 'first'));
  second.directory.own()?.append(pendingRows(4, 'second'));
  second.directory.adopt();
  expect(second.directory.files()).toHaveLength(1);
  first.directory.close();
  second.directory.adopt();
  expect(second.counted.adopted).toBe(3);
  const adopted = second.directory.files()[1];
  expect(adopted?.claim(ALL).map(({ key }) => key)).toEqual(['first0:1', 'first1:1', 'first2:1']);
  second.directory.close();
});

test('a sink that was shut down adopts nothing any more', async () => {
  const bench = await DeliveryBench.start();
  const outbox = outboxIn(temporaryDirectory());
  const other = open(outbox.directory);
  other.directory.own()?.append(pendingRows(3));
  const sink = bench.sink({ outbox });
  await sink.write(sampleRows(1));
  const flushes = [sink.flush(5_000), sink.shutdown(5_000), sink.flush(5_000)];
  await Promise.all(flushes);
  other.directory.close();
  expect(await sink.flush(5_000)).toMatchObject({ detail: 'shutdown' });
  const next = open(outbox.directory);
  next.directory.own();
  next.directory.adopt();
  expect(next.counted.adopted).toBe(3);
  next.directory.close();
});

test('a torn tail costs no committed row', () => {
  const path = temporaryDirectory();
  // A process that dies without closing leaves its write-ahead log.
  const script = `
    import { OutboxDirectory } from ${JSON.stringify(join(import.meta.dirname, '../../src/delivery/outbox-directory.ts'))};
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../../src/base/clock.ts'))};
    const directory = new OutboxDirectory({ config: { directory: ${JSON.stringify(path)}, maxBytes: 1e9, durability: 'process' }, clock: systemClock, diagnostics: { warn() {} }, onLoss() {}, onAdopt() {} });
    for (let i = 0; i < 5; i++) directory.own().append([{ table: 'conversation_logs', key: 'k' + i, payload: '{"i":' + i + '}', sizeBytes: 7, receivedAtMillis: 1 }]);
    process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  const wal = join(path, 'outbox-0.db-wal');
  const sizeBytes = statSync(wal).size;
  const before = open(path);
  // Half of a frame that was being written when the machine stopped.
  writeFileSync(wal, Buffer.alloc(2_000, 7), { flag: 'a' });
  truncateSync(wal, sizeBytes + 1_500);
  expect(before.directory.own()?.claim(ALL)).toHaveLength(5);
  before.directory.close();
});

test.each([
  ['a row', 1_000],
  ['many rows', 60_000],
])('a flipped bit in %s is found; every other row is kept and no row is changed', (_, step) => {
  const path = temporaryDirectory();
  const rows = pendingRows(400, 'k', 900);
  const written = open(path);
  written.directory.own()?.append(rows);
  written.directory.close();
  const file = openSync(join(path, 'outbox-0.db'), 'r+');
  const byte = Buffer.alloc(1);
  for (let offset = 24_576 + 700; offset < Math.min(24_576 + 5 * step, fstatSync(file).size); offset += step) {
    readSync(file, byte, 0, 1, offset);
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 0x04]), 0, 1, offset);
  }
  closeSync(file);

  const { directory, counted } = open(path);
  const kept: HeldRow[] = [];
  for (let round = 0; round < 5; round++) {
    for (const store of [directory.own(), ...directory.files()]) kept.push(...(store?.claim(ALL) ?? []));
    if (directory.files().some(({ damaged }) => damaged)) {
      for (const store of directory.files()) store.release(kept);
      kept.length = 0;
      directory.salvage();
    }
  }
  const originals = new Set(payloads(rows));
  for (const payload of payloads(kept)) expect(originals).toContain(payload);
  expect(counted.lost).toBeGreaterThan(0);
  expect(kept.length).toBeGreaterThan(300);
  expect(kept.length + counted.lost).toBe(400);
  directory.close();
});

test('a file that is no database is left alone, said, and another is used', () => {
  const path = temporaryDirectory();
  writeFileSync(join(path, 'outbox-0.db'), Buffer.alloc(8_192, 'not a database '));
  const { directory, said } = open(path);
  expect(directory.own()?.name).toBe(join(path, 'outbox-1.db'));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('outbox-0.db is damaged and left as it is');
  expect(existsSync(join(path, 'outbox-0.db.damaged'))).toBe(true);
  directory.close();
});

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

function disk(options: string): string | undefined {
  const directory = temporaryDirectory();
  if (!mount('-t', 'tmpfs', '-o', options, 'tmpfs', directory)) return undefined;
  onTestFinished(() => void spawnSync('umount', ['--lazy', directory]));
  return directory;
}

test('a full disk: rows go on in memory, said once, and the disk is used again when there is room', async ({
  skip,
}) => {
  const directory = disk('size=2m');
  if (directory === undefined) return skip('no right to mount');
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = () => ({ kind: 'error', status: 503, reason: 'backendError' });
  bench.logging.faults = () => ({ kind: 'error', code: 14 });
  const sink = bench.sink({
    outbox: outboxIn(directory),
    retry: { initialMillis: 1, maxMillis: 5, multiplier: 2, totalMillis: 60_000 },
  });
  expect(new Set((await sink.write(sampleRows(10))).map((result) => JSON.stringify(result)))).toEqual(
    new Set(['{"status":"pending","durable":true}']),
  );
  const ballast = join(directory, 'ballast');
  try {
    writeFileSync(ballast, Buffer.alloc(4_000_000));
  } catch {
    // The disk is full now.
  }
  const written = await sink.write(sampleRows(300, 'full'));
  expect(written.filter((result) => result.status === 'pending' && !result.durable).length).toBeGreaterThan(0);
  expect(bench.said.filter((line) => line.includes('disk is full'))).toHaveLength(1);
  rmSync(ballast);
  expect(await sink.write(sampleRows(1, 'room'))).toEqual([{ status: 'pending', durable: true }]);
  bench.bigQuery.faults = () => undefined;
  expect(await sink.shutdown(10_000)).toMatchObject({ pending: 0 });
  expect(new Set(bench.bigQuery.insertIds('conversation_logs')).size).toBe(311);
  expect(sink.stats()).toMatchObject({ received: 311, stored: 311 });
});

test('a read-only disk: said once, rows go on in memory', async ({ skip }) => {
  const directory = disk('ro,size=1m');
  if (directory === undefined) return skip('no right to mount');
  const bench = await DeliveryBench.start();
  const sink = bench.sink({ outbox: outboxIn(join(directory, 'outbox')) });
  expect(await sink.write(sampleRows(1))).toEqual([{ status: 'pending', durable: false }]);
  expect(await sink.write(sampleRows(1, 'second'))).toEqual([{ status: 'pending', durable: false }]);
  expect(await sink.shutdown(5_000)).toMatchObject({ pending: 0 });
  expect(bench.said.filter((line) => line.includes('outbox-unavailable'))).toHaveLength(1);
  expect(bench.bigQuery.rows('conversation_logs')).toHaveLength(2);
});
