import { afterAll, inject, test } from 'vitest';
import { FULL } from '../support/stress-options.ts';
import { ScheduleRunner, type ScheduleVerdict } from './fault-schedule.ts';

const { schedules, firstSchedule } = inject('stress') ?? FULL;
const CHUNK = 10;

/** Those that no schedule uses now. */
const idle: ScheduleRunner[] = [];
const totals = { schedules: 0, promised: 0, stored: 0, fallback: 0, both: 0 };
const faults = new Map<string, number>();

function count(verdict: ScheduleVerdict): void {
  totals.schedules += 1;
  for (const name of ['promised', 'stored', 'fallback', 'both'] as const) totals[name] += verdict[name];
  for (const [name, times] of verdict.faults) faults.set(name, (faults.get(name) ?? 0) + times);
}

afterAll(async () => {
  await Promise.all(idle.map((runner) => runner.close()));
  console.info(JSON.stringify(totals));
  console.info(JSON.stringify(Object.fromEntries([...faults].sort())));
});

const starts = Array.from({ length: Math.ceil(schedules / CHUNK) }, (_, index) => firstSchedule + index * CHUNK);

test.concurrent.for(starts)(
  'schedules from seed %i: nothing lost, nothing twice, payloads equal, books balanced',
  async (first, { expect }) => {
    const runner = idle.pop() ?? new ScheduleRunner();
    for (let seed = first; seed < Math.min(first + CHUNK, firstSchedule + schedules); seed++) {
      const verdict = await runner.run(seed);
      count(verdict);
      expect.soft({ seed, violations: verdict.violations }).toEqual({ seed, violations: [] });
    }
    idle.push(runner);
  },
);
