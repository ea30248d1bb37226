import { expect, test } from 'vitest';
import { runOutage } from './outage-run.ts';

// An hour at 200 turns a second: `npm run test:outage`.
test('twenty minutes without BigQuery and Cloud Logging lose nothing', { timeout: 120_000 }, async () => {
  const result = await runOutage(1_200, 5);
  expect(result).toMatchObject({ promised: 6_000, stored: 6_000, twice: 0 });
  expect(result.stats).toMatchObject({ received: 6_000, pending: 0, dropped: {} });
});
