/** What every `RowSink` keeps. Run it with a factory of the sink and a way to read the keys of its table. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry, RowSink, SinkStats } from '../../src/delivery/row-sink.ts';
import { redacted } from '../support/redacted.ts';
import { sampleRow, sampleRows } from '../support/sample-rows.ts';

export interface SinkUnderTest {
  readonly sink: RowSink;
  /** `message_id` of every row of `conversation_logs`, by the latest view where the sink may store a key twice. */
  messageIds(): readonly unknown[];
}

const DEADLINE_MILLIS = 10_000;

export function describeRowSink(name: string, create: () => Promise<SinkUnderTest>): void {
  describe(name, () => {
    test('gives one result per entry, in order, and the rows arrive', async () => {
      const { sink, messageIds } = await create();
      const results = await sink.write(sampleRows(5));
      expect(results).toHaveLength(5);
      for (const { status } of results) expect(['stored', 'pending']).toContain(status);
      expect(await sink.flush(DEADLINE_MILLIS)).toMatchObject({ settled: true, pending: 0 });
      expect([...messageIds()].sort()).toEqual(['m-0', 'm-1', 'm-2', 'm-3', 'm-4']);
      expect(sink.stats()).toMatchObject({ received: 5, stored: 5, pending: 0, fallback: 0, dropped: {} });
      await sink.shutdown(DEADLINE_MILLIS);
    });

    test('a write of nothing is a result of nothing', async () => {
      const { sink } = await create();
      expect(await sink.write([])).toEqual([]);
      expect(sink.stats().received).toBe(0);
      await sink.shutdown(DEADLINE_MILLIS);
    });

    test('a key written twice is one row', async () => {
      const { sink, messageIds } = await create();
      const row = sampleRow('twice');
      await Promise.all([sink.write([row, row]), sink.write([row])]);
      await sink.flush(DEADLINE_MILLIS);
      await sink.write([row]);
      await sink.shutdown(DEADLINE_MILLIS);
      expect(messageIds()).toEqual(['twice']);
      expect(imbalance(sink.stats())).toBe(0);
    });

    test('a row that is not JSON is dropped and counted, and takes nobody with it', async () => {
      const { sink, messageIds } = await create();
      const cyclic: Record<string, unknown> = {};
      cyclic.user_question = cyclic;
      const bad: LedgerEntry = { table: 'conversation_logs', key: 'bad:1', row: Object.assign(redacted({}), cyclic) };
      const results = await sink.write([sampleRow('before'), bad, sampleRow('after')]);
      expect(results[1]?.status).toBe('dropped');
      await sink.shutdown(DEADLINE_MILLIS);
      expect([...messageIds()].sort()).toEqual(['after', 'before']);
      expect(imbalance(sink.stats())).toBe(0);
    });

    test('flush and shutdown may run together and twice; rows after it are dropped', async () => {
      const { sink, messageIds } = await create();
      const written = sink.write(sampleRows(20));
      const [, first, second] = await Promise.all([
        sink.flush(DEADLINE_MILLIS),
        sink.shutdown(DEADLINE_MILLIS),
        sink.shutdown(DEADLINE_MILLIS),
      ]);
      await written;
      expect(first).toMatchObject({ settled: true, pending: 0 });
      expect(second).toEqual(first);
      expect(await sink.write([sampleRow('late')])).toEqual([{ status: 'dropped', reason: 'shutdown' }]);
      expect(await sink.flush(DEADLINE_MILLIS)).toMatchObject({ pending: 0 });
      expect(messageIds()).toHaveLength(20);
      expect(imbalance(sink.stats())).toBe(0);
    });

    test('whatever is done in whatever order, the books balance and each key is one row', async () => {
      const step = fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({ kind: fc.constant('write'), keys: fc.array(fc.nat(30), { maxLength: 8 }) }),
        },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush'), keys: fc.constant([]) }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          const { sink, messageIds } = await create();
          const expected = new Set<string>();
          const running: Promise<unknown>[] = [];
          for (const { kind, keys } of steps) {
            const entries = keys.map((key) => sampleRow(`k${key}`));
            for (const key of keys) expected.add(`k${key}`);
            running.push(kind === 'write' ? sink.write(entries) : sink.flush(DEADLINE_MILLIS));
            expect(imbalance(sink.stats())).toBe(0);
          }
          await Promise.all(running);
          expect(imbalance(sink.stats())).toBe(0);
          await sink.shutdown(DEADLINE_MILLIS);
          expect(imbalance(sink.stats())).toBe(0);
          expect(sink.stats().pending).toBe(0);
          expect([...messageIds()].sort()).toEqual([...expected].sort());
        }),
        { numRuns: 15 },
      );
    });
  });
}

/** `received − (stored + fallback + pending + dropped)`; 0 in balanced books. */
export function imbalance({ received, stored, fallback, pending, dropped }: SinkStats): number {
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return received - stored - fallback - pending - lost;
}
