import { defineConfig } from 'vitest/config';

/** What takes minutes and gigabytes: `npm run test:long`. */
export default defineConfig({
  test: { include: ['test/**/*.long.ts'], testTimeout: 1_800_000, hookTimeout: 60_000 },
});
