/**
 * The stress tier: `npm run test:stress` runs all of it in full, which takes hours.
 *
 *     npm run test:stress -- --quick                                    what CI runs
 *     npm run test:stress -- --only faults --schedules 1500 --workers 8
 *     npm run test:stress -- --only kills --kills 20
 */
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { FULL, QUICK, type StressOptions } from '../test/support/stress-options.ts';

/** What can be run by itself, and the files that it is. */
const PARTS: Readonly<Record<string, string>> = {
  faults: 'faults.stress.ts',
  kills: 'kill.stress.ts',
  outage: 'outage.stress.ts',
  zip: 'entries.stress.ts',
  properties: '.test.ts',
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    schedules: { type: 'string' },
    first: { type: 'string' },
    workers: { type: 'string' },
    kills: { type: 'string' },
    'outage-seconds': { type: 'string' },
    'outage-rate': { type: 'string' },
  },
});

const filters = values.only.map((part) => {
  const files = PARTS[part];
  if (files === undefined) throw new RangeError(`--only ${part}: there are ${Object.keys(PARTS).join(', ')}`);
  return files;
});

const base = values.quick ? QUICK : FULL;
const number = (value: string | undefined, otherwise: number): number => {
  const given = value === undefined ? otherwise : Number(value);
  if (!Number.isInteger(given) || given < 0) throw new RangeError(`${value} is not a whole number`);
  return given;
};
const stress: StressOptions = {
  ...base,
  schedules: number(values.schedules, base.schedules),
  firstSchedule: number(values.first, base.firstSchedule),
  workers: number(values.workers, base.workers),
  kills: number(values.kills, base.kills),
  outageSeconds: number(values['outage-seconds'], base.outageSeconds),
  outageTurnsPerSecond: number(values['outage-rate'], base.outageTurnsPerSecond),
};

const vitest = await startVitest('test', filters, {
  mode: 'stress',
  run: true,
  maxConcurrency: stress.workers,
  provide: { stress },
});
await vitest?.close();
