/** Kills many processes: `node test/process/run-kills.ts --kills 500`. */
import { parseArgs } from 'node:util';
import { runKill } from './kill-run.ts';

const BOUNDARIES = 150;

const { values } = parseArgs({ options: { kills: { type: 'string', default: '500' } } });
const totals = { kills: 0, promised: 0, adopted: 0, failed: 0 };
for (let seed = 0; seed < Number(values.kills); seed++) {
  const result = await runKill(seed, seed % 2 === 0 ? (seed / 2) % BOUNDARIES : undefined);
  totals.kills += 1;
  totals.promised += result.promised;
  totals.adopted += result.adopted;
  if (result.violations.length === 0) continue;
  totals.failed += 1;
  console.log(JSON.stringify({ seed, violations: result.violations.slice(0, 5) }));
}
console.log(JSON.stringify(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
