import fc from 'fast-check';

/**
 * Property tests try the same cases in every run, so that a failure in CI is a failure everywhere. Look for new ones
 * with `PROPERTY_SEED=random npm test`; a failure prints the seed to repeat it with.
 */
const seed = process.env.PROPERTY_SEED ?? '20261122';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
