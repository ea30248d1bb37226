import { expect, inject, test } from 'vitest';
import { FULL } from '../support/stress-options.ts';
import { runOutage } from './outage-run.ts';

const { outageSeconds, outageTurnsPerSecond } = inject('stress') ?? FULL;

test('an outage of BigQuery and Cloud Logging loses nothing, in bounded memory', async () => {
  const result = await runOutage(outageSeconds, outageTurnsPerSecond);
  console.info(JSON.stringify(result));
  const promised = outageSeconds * outageTurnsPerSecond;
  expect(result).toMatchObject({ promised, stored: promised, twice: 0 });
  expect(result.stats).toMatchObject({ received: promised, pending: 0, dropped: {} });
  expect(result.maxRssMib).toBeLessThan(200);
  // The backlog shrinks at five times the rate at which it grew, at least.
  expect(result.drainSpeed).toBeGreaterThanOrEqual(5);
});
