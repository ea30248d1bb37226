/** Runs many fault schedules: `node test/faults/run-schedules.ts --schedules 10000 --first 0 --workers 2`. */
import { parseArgs } from 'node:util';
import { ScheduleRunner } from './fault-schedule.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    first: { type: 'string', default: '0' },
    workers: { type: 'string', default: '2' },
  },
});
const end = Number(values.first) + Number(values.schedules);
const totals = { schedules: 0, promised: 0, stored: 0, fallback: 0, both: 0, failed: 0 };
const faults = new Map<string, number>();
let nextSeed = Number(values.first);

async function work(): Promise<void> {
  const runner = new ScheduleRunner();
  while (nextSeed < end) {
    const seed = nextSeed++;
    const verdict = await runner.run(seed);
    totals.schedules += 1;
    totals.promised += verdict.promised;
    totals.stored += verdict.stored;
    totals.fallback += verdict.fallback;
    totals.both += verdict.both;
    for (const [name, count] of verdict.faults) faults.set(name, (faults.get(name) ?? 0) + count);
    if (verdict.violations.length > 0) {
      totals.failed += 1;
      console.log(JSON.stringify({ seed, violations: verdict.violations.slice(0, 5) }));
    }
    if (totals.schedules % 500 === 0) console.log(JSON.stringify(totals));
  }
  await runner.close();
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(values.workers) }, work));
console.log(JSON.stringify({ ...totals, seconds: Math.round((performance.now() - startedAt) / 1_000) }));
console.log(JSON.stringify(Object.fromEntries([...faults].sort())));
process.exitCode = totals.failed === 0 ? 0 : 1;
