import { defineConfig } from 'vitest/config';

/** The packed package: `npm run test:package`. Apart, because it installs from the registry. */
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 30_000 },
});
