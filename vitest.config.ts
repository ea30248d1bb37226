import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { FULL } from './test/support/stress-options.ts';

type Tier = NonNullable<ViteUserConfig['test']>;

/**
 * Test files that change something of their process: a tracer or meter provider, a variable of the environment, what
 * an agent framework keeps. Each has a process of its own; the others share theirs, which saves a fifth of the time.
 */
const ALONE = [
  'test/{end-to-end,examples,instrumentation,live,process,replay,start}/**/*.test.ts',
  'test/delivery/delivery-metrics.test.ts',
  'test/migration/publish-mismatches.test.ts', // migration
  'test/traces/{record-gen-ai-metrics,span-export-queue,trace-exporters}.test.ts',
  'test/zip/zip-trace.test.ts',
];

/** Files that try many cases: the quick tier tries some of them, the stress tier all. */
const filesOfCases = (): string[] =>
  globSync('test/**/*.test.ts').filter((file) => /fast-check|property-seed/.test(readFileSync(file, 'utf8')));

const QUICK: Tier = {
  // Many wait: for a server that is silent, for a process that starts.
  maxWorkers: '150%',
  projects: [
    {
      extends: true,
      test: {
        name: 'shared',
        include: ['test/**/*.test.ts'],
        exclude: ['test/package/**', ...ALONE],
        isolate: false,
        setupFiles: ['test/support/property-seed.ts', 'test/support/leaves-no-trace.ts'],
      },
    },
    { extends: true, test: { name: 'alone', include: ALONE, setupFiles: ['test/support/property-seed.ts'] } },
  ],
};

const PACKAGE: Tier = {
  include: ['test/package/**/*.test.ts'],
  globalSetup: 'test/package/pack.ts',
  provide: { managers: ['npm'] },
  testTimeout: 300_000,
  hookTimeout: 600_000,
};

/** The other tiers, by Vite's mode. */
const TIERS: Readonly<Record<string, () => Tier>> = {
  /** What takes minutes and gigabytes: `npm run test:stress`. */
  stress: () => ({
    include: ['test/**/*.stress.ts', ...filesOfCases()],
    setupFiles: ['test/support/property-seed.ts'],
    provide: { stress: FULL },
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  }),
  /** The packed package: `npm run test:package`. Apart, because it installs from the registry. */
  package: () => PACKAGE,
  /** The packed package in hosts that other package managers install: `npm run hosts`. */
  hosts: () => ({
    ...PACKAGE,
    include: ['test/package/opentelemetry-versions.test.ts', 'test/package/*.hosts.ts'],
    provide: { managers: ['npm', 'pnpm', 'yarn', 'yarn-berry'] },
  }),
};

export default defineConfig(({ mode }) => ({
  test: {
    // Long enough for a machine several times slower: a limit tells what hangs from what works, and nothing else.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000, interval: 10 } },
    ...(TIERS[mode]?.() ?? QUICK),
  },
}));
