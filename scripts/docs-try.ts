/**
 * Follows the pages of docs/frameworks word for word in empty folders, with what the registry serves today and this
 * checkout in the place of `spanledger`; the model is a script on the loopback interface, to which only the environment
 * leads. `npm run docs:try`, `-- --only NAME`, `-- --core` for what CI runs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ModelServer } from '../test/neighbours/model-server.ts';
import { NEIGHBOURS } from '../test/neighbours/table.ts';
import { tryPage } from '../test/neighbours/try-page.ts';
import { packTarball } from '../test/package/pack-tarball.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, core: { type: 'boolean' }, tarball: { type: 'string' } },
});
const chosen = NEIGHBOURS.filter(
  ({ name, page, core }) =>
    page !== undefined && (values.only?.includes(name) ?? true) && (values.core !== true || core === true),
);
if (chosen.length === 0) throw new Error(`no page is named so: ${NEIGHBOURS.map(({ name }) => name).join(', ')}`);

const directory = mkdtempSync(join(tmpdir(), 'spanledger-docs-'));
const server = await ModelServer.start();
try {
  const tarball = values.tarball ?? packTarball(directory);
  for (const neighbour of chosen) {
    const { faults, failure } = await tryPage(neighbour, tarball, server);
    const isRight = failure === undefined && faults.length === 0;
    console.log(`${isRight ? '✓' : '✗'} ${neighbour.name}`);
    if (failure !== undefined) console.log(failure);
    if (faults.length > 0) console.table(faults);
    if (!isRight) process.exitCode = 1;
  }
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
