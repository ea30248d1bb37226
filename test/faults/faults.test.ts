import { afterAll, expect, test } from 'vitest';
import { ScheduleRunner } from './fault-schedule.ts';

/** More of them: `npm run test:faults -- --schedules 10000`. */
const SCHEDULES = 300;
const CHUNK = 25;

const runner = new ScheduleRunner();
afterAll(() => runner.close());

test.for(Array.from({ length: SCHEDULES / CHUNK }, (_, index) => index * CHUNK))(
  'schedules from seed %i: nothing lost, nothing twice, payloads equal, books balanced',
  { timeout: 120_000 },
  async (first) => {
    for (let seed = first; seed < first + CHUNK; seed++) {
      const { violations } = await runner.run(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  },
);
