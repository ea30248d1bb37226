import { expect, test } from 'vitest';
import { runKill } from './kill-run.ts';

// Opening takes the first calls; then BEGIN, four inserts and COMMIT of each write, among the deletes of what was delivered.
const BOUNDARIES = [0, 1, 6, 11, 13, 15, 17, 19, 21, 24, 27, 31, 36, 44];
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
