/** One hour at 200 turns a second: `node test/process/run-outage.ts --seconds 3600 --rate 200`. */
import { parseArgs } from 'node:util';
import { runOutage } from './outage-run.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3600' }, rate: { type: 'string', default: '200' } },
});
const result = await runOutage(Number(values.seconds), Number(values.rate));
console.log(JSON.stringify(result, null, 2));
const isRight =
  result.stored === result.promised && result.twice === 0 && result.maxRssMib < 200 && result.drainSpeed >= 5;
process.exitCode = isRight ? 0 : 1;
