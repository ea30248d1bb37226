import fc from 'fast-check';
import { inject } from 'vitest';

const isStress = inject('stress') !== undefined;

/** Cases to try: `full` of them in the stress tier, the first fifth of them in the quick one. */
export function cases(full: number): number {
  return isStress ? full : Math.ceil(full / 5);
}

/**
 * Property tests try the same cases in every run, so that a failure in CI is a failure everywhere. Look for new ones
 * with `PROPERTY_SEED=random npm test`; a failure prints the seed to repeat it with.
 */
const seed = process.env.PROPERTY_SEED ?? '20261122';
fc.configureGlobal({ numRuns: cases(100), ...(seed !== 'random' && { seed: Number(seed) }) });
