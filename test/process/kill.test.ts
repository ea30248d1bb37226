import { expect, test } from 'vitest';
import { runKill } from './kill-run.ts';

// BEGIN, four inserts and COMMIT of each write, before and after each call, among the deletes of what was delivered.
const BOUNDARIES = [0, 1, 2, 5, 9, 10, 11, 12, 17, 24, 37, 50, 83, 120];
const MOMENTS = 6;

test.for(BOUNDARIES)('kill -9 at call %i to SQLite loses no acknowledged row', async (call) => {
  const { violations } = await runKill(call, call);
  expect(violations).toEqual([]);
});

test.for(Array.from({ length: MOMENTS }, (_, index) => index))(
  'kill -9 at random moment %i loses no acknowledged row',
  async (seed) => {
    const { violations } = await runKill(1_000 + seed, undefined);
    expect(violations).toEqual([]);
  },
);
