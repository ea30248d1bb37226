import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { parseInsertAnswer, parseRetryAfter } from '../../src/delivery/bigquery-answer.ts';
import { Circuit } from '../../src/delivery/circuit.ts';
import { DEFAULT_DELIVERY, type DeliveryConfig } from '../../src/delivery/delivery-config.ts';
import { DeliverySink } from '../../src/delivery/delivery-sink.ts';
import { splitText } from '../../src/delivery/fallback-entry.ts';
import type { FallbackEntry } from '../../src/delivery/fallback-writer.ts';
import type { InsertOutcome, InsertRow } from '../../src/delivery/insert-transport.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { outboxIn } from '../support/delivery-bench.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleRow, sampleRows } from '../support/sample-rows.ts';

const UP: InsertOutcome = { status: 'answered', rowErrors: [] };
const DOWN: InsertOutcome = { status: 'unavailable', reason: '503 backendError' };

interface Scripted {
  readonly sink: DeliverySink;
  readonly clock: ManualClock;
  /** Seconds since the start at which each request was sent, and its rows. */
  readonly requests: { readonly atSeconds: number; readonly rows: readonly InsertRow[] }[];
  readonly fallback: FallbackEntry[];
  readonly said: string[];
}

/** A sink whose destinations answer as told, in time that the test moves. */
function script(
  answer: (rows: readonly InsertRow[], request: number) => InsertOutcome | Promise<InsertOutcome>,
  config: Partial<DeliveryConfig> = {},
  hasFallback = true,
): Scripted {
  const clock = new ManualClock();
  const startedAt = clock.monotonic();
  const requests: Scripted['requests'] = [];
  const fallback: FallbackEntry[] = [];
  const said: string[] = [];
  const sink = new DeliverySink(
    { ...DEFAULT_DELIVERY, ...config },
    {
      clock,
      random: () => 1,
      diagnostics: createDiagnostics({ write: (line) => said.push(line) }),
      transport: () =>
        Promise.resolve({
          columns: () => Promise.resolve(undefined),
          insert: async (_table, rows) => {
            requests.push({ atSeconds: (clock.monotonic() - startedAt) / 1_000, rows });
            return answer(rows, requests.length - 1);
          },
        }),
      ...(hasFallback && {
        fallback: () =>
          Promise.resolve({
            write: (entries: readonly FallbackEntry[]) => {
              fallback.push(...entries);
              return Promise.resolve({ status: 'answered' as const, failed: new Set<number>(), reason: '' });
            },
          }),
      }),
      writeLine: () => undefined,
    },
  );
  return { sink, clock, requests, fallback, said };
}

test('one circuit: 1 s to 60 s by doubling, and after 300 s the rows go to the fallback', async () => {
  const { sink, clock, requests, fallback } = script(() => DOWN);
  await sink.write(sampleRows(3));
  await clock.advance(299_000);
  expect(requests.map(({ atSeconds }) => atSeconds)).toEqual([1, 2, 4, 8, 16, 32, 64, 124, 184, 244]);
  expect(fallback).toEqual([]);
  await clock.advance(3_000);
  expect(fallback.map(({ severity, insertId }) => `${severity} ${insertId}`)).toEqual(
    [0, 1, 2].map((index) => `WARNING conversation_logs/m-${index}:1/1`),
  );
  expect(sink.stats()).toMatchObject({ received: 3, fallback: 3, pending: 0 });
});

test('a row that arrives late in an outage has its own 300 s', async () => {
  const { sink, clock, fallback } = script(() => DOWN);
  await sink.write([sampleRow('early')]);
  await clock.advance(200_000);
  await sink.write([sampleRow('late')]);
  await clock.advance(110_000);
  expect(fallback.map(({ insertId }) => insertId)).toEqual(['conversation_logs/early:1/1']);
  await clock.advance(195_000);
  expect(fallback).toHaveLength(2);
});

test('a clock that is set forward an hour sends nothing to the fallback', async () => {
  const { sink, clock, fallback } = script(() => DOWN);
  let offset = 0;
  clock.now = () => 1_700_000_000_000 + offset;
  await sink.write([sampleRow('row')]);
  await clock.advance(10_000);
  offset = 3_600_000;
  await clock.advance(10_000);
  expect(fallback).toEqual([]);
  expect(sink.stats().pending).toBe(1);
});

test.each([
  { payload: 'small', text: 'x', underWay: 4 },
  { payload: 'large', text: 'x'.repeat(4_000), underWay: 1 },
])('$payload requests of a backlog: $underWay at once', async ({ text, underWay }) => {
  const answers: ((outcome: InsertOutcome) => void)[] = [];
  const { sink, clock, requests } = script(() => new Promise((resolve) => answers.push(resolve)));
  await sink.write(Array.from({ length: 3_000 }, (_, i) => sampleRow(`m${i}`, { agent_response: text })));
  const flushed = sink.flush(10_000);
  await clock.advance(0);
  expect(requests).toHaveLength(underWay);
  while (requests.length < 6) {
    for (const answer of answers.splice(0)) answer(UP);
    await clock.advance(0);
    expect(answers.length).toBeLessThanOrEqual(underWay);
  }
  for (const answer of answers.splice(0)) answer(UP);
  expect(await flushed).toMatchObject({ settled: true, pending: 0 });
  expect(requests.flatMap(({ rows }) => rows)).toHaveLength(3_000);
});

test('`Retry-After` is honoured', async () => {
  const { sink, clock, requests } = script((_, request) =>
    request === 0 ? { status: 'unavailable', reason: '429', retryAfterMillis: 45_000 } : UP,
  );
  await sink.write(sampleRows(1));
  await clock.advance(100_000);
  expect(requests.map(({ atSeconds }) => atSeconds)).toEqual([1, 46]);
  expect(sink.stats().stored).toBe(1);
});

test('a request without an answer is given up after 30 s and sent again with the same insert ids', async () => {
  const { sink, clock, requests } = script((_, request) => (request === 0 ? new Promise(() => undefined) : UP));
  await sink.write(sampleRows(2));
  await clock.advance(60_000);
  expect(requests.map(({ atSeconds }) => atSeconds)).toEqual([1, 32]);
  expect(requests[1]?.rows).toEqual(requests[0]?.rows);
  expect(sink.stats()).toMatchObject({ stored: 2, pending: 0 });
});

test('a request that is too large is halved until it passes, and a single row that never passes is refused', async () => {
  const { sink, clock, requests, fallback } = script((rows) =>
    rows.some(({ insertId }) => insertId === 'm-5:1') ? { status: 'rejected', reason: '413' } : UP,
  );
  await sink.write(sampleRows(8));
  await clock.advance(2_000);
  expect(requests.map(({ rows }) => rows.length)).toEqual([8, 4, 4, 2, 2, 1, 1]);
  expect(fallback.map(({ insertId, severity }) => `${severity} ${insertId}`)).toEqual([
    'ERROR conversation_logs/m-5:1/1',
  ]);
  expect(sink.stats()).toMatchObject({ stored: 7, fallback: 1 });
});

test('a transport that cannot be made is an outage, said once', async () => {
  const { sink, clock, said } = script(() => {
    throw new Error('thrown by the transport');
  });
  await sink.write(sampleRows(1));
  await clock.advance(20_000);
  expect(sink.stats()).toMatchObject({ pending: 1 });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('thrown by the transport');
});

test('a client that is never ready, as beside a silent metadata server, is made again', async () => {
  const clock = new ManualClock();
  let made = 0;
  const sink = new DeliverySink(DEFAULT_DELIVERY, {
    clock,
    random: () => 1,
    diagnostics: createDiagnostics({ write: () => undefined }),
    transport: () => {
      made += 1;
      if (made === 1) return new Promise(() => undefined);
      if (made === 2) throw new Error('no credentials');
      return Promise.resolve({
        columns: () => Promise.resolve(undefined),
        insert: () => Promise.resolve(UP),
      });
    },
  });
  await sink.write(sampleRows(1));
  await clock.advance(60_000);
  expect(made).toBe(3);
  expect(sink.stats().stored).toBe(1);
});

test('a full outbox gives its oldest rows to the fallback', async () => {
  const outbox = outboxIn(temporaryDirectory(), { maxBytes: 100_000 });
  const { sink, clock, fallback } = script(() => DOWN, { outbox });
  for (let round = 0; round < 30; round++) {
    const results = await sink.write(sampleRows(10, `r${round}`));
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill('pending'));
    await clock.advance(1_100);
  }
  expect(fallback.length).toBeGreaterThan(100);
  expect(fallback[0]?.insertId).toBe('conversation_logs/r0-0:1/1');
  const { received, pending, durable, fallback: moved, pendingBytes } = sink.stats();
  expect(pending + moved).toBe(received);
  expect(durable).toBe(pending);
  expect(pendingBytes).toBeLessThanOrEqual(100_000);
  await sink.shutdown(0);
});

test('a full outbox refuses new rows where it is told to', async () => {
  const outbox = outboxIn(temporaryDirectory(), { maxBytes: 20_000, whenFull: 'refuse-new' });
  const { sink, said } = script(() => DOWN, { outbox });
  const results = (await Promise.all(sampleRows(40).map((row) => sink.write([row])))).flat();
  const again = await sink.write(sampleRows(5, 'late'));
  expect([...results, ...again].at(-1)).toEqual({ status: 'dropped', reason: 'outbox-full' });
  const { received, pending, dropped } = sink.stats();
  expect(pending + (dropped['outbox-full'] ?? 0)).toBe(received);
  expect(said.filter((line) => line.includes('full'))).toHaveLength(1);
  await sink.shutdown(0);
});

test('full jitter: a delay is drawn from 0 to its bound', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }), (draws) => {
      const clock = new ManualClock();
      let draw = 0;
      const circuit = new Circuit({ clock, retry: DEFAULT_DELIVERY.retry, random: () => draws[draw++] ?? 0 });
      for (const [failure, drawn] of draws.entries()) {
        circuit.fail('down', clock.monotonic());
        expect(circuit.waitMillis).toBeCloseTo(drawn * Math.min(60_000, 1_000 * 2 ** failure), 0);
      }
    }),
  );
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['7', 7_000],
  [' 120 ', 120_000],
  ['soon', undefined],
  ['Wed, 01 Jan 2025 00:01:00 GMT', 60_000],
  ['Tue, 31 Dec 2024 00:00:00 GMT', 0],
])('Retry-After %j is %j ms', (header, millis) => {
  expect(parseRetryAfter(header, Date.parse('2025-01-01T00:00:00Z'))).toBe(millis);
});

const OK = 'bigquery#tableDataInsertAllResponse';

test.each([
  ['{}', 200],
  ['', 200],
  ['<html></html>', 200],
  ['null', 200],
  ['[]', 200],
  [JSON.stringify({ kind: OK, insertErrors: {} }), 200],
  [JSON.stringify({ kind: OK, insertErrors: [{ index: 3, errors: [] }] }), 200],
  [JSON.stringify({ kind: OK, insertErrors: [{ index: -1 }] }), 200],
  [JSON.stringify({ kind: OK, insertErrors: [null] }), 200],
  ['{}', 302],
  ['{}', 401],
  ['{}', 403],
  ['{}', 404],
  ['<html></html>', 502],
])('the answer %j of %i says nothing of the rows', (body, status) => {
  expect(parseInsertAnswer({ status, body, retryAfter: undefined }, 3, 0).status).toBe('unavailable');
});

test('of a row with several errors the gravest counts', () => {
  const errors = ['stopped', 'backendError', 'invalid'].map((reason) => ({ reason, message: 'm', location: 'l' }));
  const body = JSON.stringify({ kind: OK, insertErrors: [{ index: 1, errors }, { errors: [] }] });
  expect(parseInsertAnswer({ status: 200, body, retryAfter: undefined }, 2, 0)).toEqual({
    status: 'answered',
    rowErrors: [
      { index: 1, kind: 'refused', reason: 'invalid: l: m' },
      { index: 0, kind: 'refused', reason: 'no-reason' },
    ],
  });
});

test('whatever is answered, reading it never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.nat(599), (body, status) => {
      const { status: outcome } = parseInsertAnswer({ status, body, retryAfter: body }, 3, 0);
      expect(['answered', 'unavailable', 'rejected']).toContain(outcome);
    }),
  );
});

test('a text is cut into parts that give it back, never inside a code point', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 4, max: 50 }), (text, maxBytes) => {
      const parts = splitText(text, maxBytes);
      expect(parts.join('')).toBe(text);
      for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
    }),
  );
});
