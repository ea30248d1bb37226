import { inject, test } from 'vitest';
import { FULL } from '../support/stress-options.ts';
import { runKill } from './kill-run.ts';

interface Kill {
  readonly seed: number;
  /** The call to SQLite before (even) or after (odd) which the process dies; undefined for a random moment. */
  readonly call: number | undefined;
}

const { kills } = inject('stress') ?? FULL;

// BEGIN, four inserts and COMMIT of each write, before and after each call, among the deletes of what was delivered.
const BOUNDARIES = [0, 1, 2, 5, 9, 10, 11, 12, 17, 24, 37, 50, 83, 120];
const FIRST: readonly Kill[] = [
  ...BOUNDARIES.map((call) => ({ seed: call, call })),
  ...Array.from({ length: 6 }, (_, index) => ({ seed: 1_000 + index, call: undefined })),
];
/** The first 150 calls one after another, and as many random moments. */
const MORE: readonly Kill[] = Array.from({ length: Math.max(0, kills - FIRST.length) }, (_, seed) => ({
  seed,
  call: seed % 2 === 0 ? (seed / 2) % 150 : undefined,
}));

test.concurrent.for([...FIRST.slice(0, kills), ...MORE])(
  'kill -9 at call $call to SQLite, seed $seed, loses no acknowledged row',
  async ({ seed, call }, { expect }) => {
    const { violations } = await runKill(seed, call);
    expect(violations).toEqual([]);
  },
);
