import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { FULL } from './test/support/stress-options.ts';

type Tier = NonNullable<ViteUserConfig['test']>;

/** Test files with properties: the quick tier tries some of their cases, the stress tier all. */
const propertyFiles = (): string[] =>
  globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes(`from 'fast-check'`));

const QUICK: Tier = {
  include: ['test/**/*.test.ts'],
  exclude: ['test/package/**'],
  setupFiles: ['test/support/property-seed.ts'],
  // Many wait: for a server that is silent, for a process that starts.
  maxWorkers: '150%',
};

/** The tiers, by Vite's mode. */
const TIERS: Readonly<Record<string, () => Tier>> = {
  /** What takes minutes and gigabytes: `npm run test:stress`. */
  stress: () => ({
    include: ['test/**/*.stress.ts', ...propertyFiles()],
    setupFiles: ['test/support/property-seed.ts'],
    provide: { stress: FULL },
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  }),
  /** The packed package: `npm run test:package`. Apart, because it installs from the registry. */
  package: () => ({ include: ['test/package/**/*.test.ts'] }),
};

export default defineConfig(({ mode }) => ({
  // Long enough for a machine several times slower: a limit tells what hangs from what works, and nothing else.
  test: {
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000, interval: 10 } },
    ...(TIERS[mode]?.() ?? QUICK),
  },
}));
