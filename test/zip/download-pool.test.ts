import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DownloadPool } from '../../src/zip/download-pool.ts';
import { cases } from '../support/property-seed.ts';

interface Job {
  readonly id: number;
  finish(): void;
}

/** Items whose work ends when the test says so. */
function createPool(count: number, options: { concurrency: number; windowSize: number; order: 'given' | 'arrival' }) {
  const running: Job[] = [];
  const items = Array.from({ length: count }, (_, id) => id);
  const pool = new DownloadPool<number, number>({
    items,
    ...options,
    work: (id) => new Promise((resolve) => running.push({ id, finish: () => resolve(id) })),
  });
  const finish = async (id: number): Promise<void> => {
    running
      .splice(
        running.findIndex((job) => job.id === id),
        1,
      )[0]
      ?.finish();
    await nextTurn();
  };
  return { pool, running, finish };
}

describe('DownloadPool', () => {
  it('hands over in the given order, whatever ends first', async () => {
    const { pool, finish } = createPool(3, { concurrency: 3, windowSize: 3, order: 'given' });
    const first = pool.next();
    await nextTurn();
    await finish(2);
    await finish(0);
    await finish(1);
    expect([await first, await pool.next(), await pool.next(), await pool.next()]).toEqual([0, 1, 2, undefined]);
  });

  it('hands over as they arrive where that is asked for', async () => {
    const { pool, finish } = createPool(3, { concurrency: 3, windowSize: 3, order: 'arrival' });
    const first = pool.next();
    await nextTurn();
    for (const id of [2, 1, 0]) await finish(id);
    expect([await first, await pool.next(), await pool.next(), await pool.next()]).toEqual([2, 1, 0, undefined]);
  });

  it('does not run ahead of a slow first item beyond its window', async () => {
    const { pool, running, finish } = createPool(10, { concurrency: 2, windowSize: 4, order: 'given' });
    const first = pool.next();
    await nextTurn();
    for (const id of [1, 2, 3]) await finish(id);
    expect(running.map(({ id }) => id)).toEqual([0]);
    await finish(0);
    expect(await first).toBe(0);
    await nextTurn();
    expect(running.map(({ id }) => id)).toEqual([4]);
    expect(pool.maxActive).toBe(2);
  });

  it('gives every result once, for any concurrency, window and order', async () => {
    const order = fc.constantFrom('given' as const, 'arrival' as const);
    const shape = fc.record({
      concurrency: fc.integer({ min: 1, max: 8 }),
      windowSize: fc.integer({ min: 1, max: 20 }),
      order,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 60 }), shape, async (delays, options) => {
        let active = 0;
        const work = async (index: number): Promise<number> => {
          active += 1;
          expect(active).toBeLessThanOrEqual(options.concurrency);
          for (let turn = delays[index] ?? 0; turn > 0; turn -= 1) await nextTurn();
          active -= 1;
          return index;
        };
        const pool = new DownloadPool({ items: delays.keys(), work, ...options });
        const results: number[] = [];
        for (let next = await pool.next(); next !== undefined; next = await pool.next()) results.push(next);
        expect(options.order === 'given' ? results : results.toSorted((a, b) => a - b)).toEqual([...delays.keys()]);
      }),
      { numRuns: cases(50) },
    );
  });

  it('rejects with what the iterator threw, and closes the iterator when it is given up', async () => {
    const failing = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new Error('no more');
    };
    const pool = new DownloadPool({
      items: failing(),
      work: async (id) => id,
      concurrency: 1,
      windowSize: 1,
      order: 'given',
    });
    expect(await pool.next()).toBe(1);
    await expect(pool.next()).rejects.toThrow('no more');

    let isClosed = false;
    const endless = async function* (): AsyncGenerator<number> {
      try {
        for (let id = 0; ; id += 1) yield id;
      } finally {
        isClosed = true;
      }
    };
    const abandoned = new DownloadPool({
      items: endless(),
      work: async (id) => id,
      concurrency: 2,
      windowSize: 3,
      order: 'given',
    });
    expect(await abandoned.next()).toBe(0);
    expect((await abandoned.close()).length).toBeLessThanOrEqual(3);
    expect(isClosed).toBe(true);
  });
});
