/**
 * Plays scripted conversations with the newest of every instrumentation and framework that runs in Node, through the real
 * start, and compares the rows with what the model served: `npm run neighbours`. Not in CI, which a foreign release must
 * not break. `-- --only NAME`, `-- --previous` for the major before (printed only).
 *
 * Its last result is docs/neighbours.json, from which `npm run readme` makes a list; the spans of what was wrong are in
 * .neighbours/, in the format of test/fixtures/dialects.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { ModelServer } from '../test/neighbours/model-server.ts';
import { SCENARIO_NAMES } from '../test/neighbours/scenarios.ts';
import { NEIGHBOURS } from '../test/neighbours/table.ts';
import { type NeighbourResult, tryNeighbour } from '../test/neighbours/try-neighbour.ts';
import { packTarball } from '../test/package/pack-tarball.ts';

const ROOT = join(import.meta.dirname, '..');
const RESULTS = join(ROOT, 'docs/neighbours.json');
const CAPTURES = join(ROOT, '.neighbours');

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    previous: { type: 'boolean', default: false },
    tarball: { type: 'string' },
  },
});
const chosen = NEIGHBOURS.filter(
  ({ name, pageOnly }) => pageOnly === undefined && (values.only?.includes(name) ?? true),
);
if (chosen.length === 0) throw new Error(`nobody is named so: ${NEIGHBOURS.map(({ name }) => name).join(', ')}`);

const directory = mkdtempSync(join(tmpdir(), 'spanledger-neighbours-'));
const server = await ModelServer.start();
const results: NeighbourResult[] = [];
try {
  const tarball = values.tarball ?? packTarball(directory);
  for (const neighbour of chosen) {
    const result = await tryNeighbour(neighbour, {
      ...{ tarball, server, previous: values.previous },
      keep: (capture) => {
        mkdirSync(CAPTURES, { recursive: true });
        writeFileSync(join(CAPTURES, `${capture.name}.json`), JSON.stringify(capture, null, 1));
      },
    });
    results.push(result);
    console.log(`${neighbour.name}: ${result.failure ?? 'tried'}`);
    if (!values.previous) store(result);
  }
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
console.log(renderTable(results));
process.exitCode = results.every(isRight) ? 0 : 1;

function store(result: NeighbourResult): void {
  const before: NeighbourResult[] = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const byName = new Map([...before, result].map((each) => [each.name, each]));
  const known = NEIGHBOURS.flatMap(({ name }) => byName.get(name) ?? []);
  writeFileSync(RESULTS, `${JSON.stringify(known, null, 2)}\n`);
}

function isRight({ failure, scenarios }: NeighbourResult): boolean {
  return failure === undefined && Object.values(scenarios).every((faults) => faults.length === 0);
}

function renderTable(results: readonly NeighbourResult[]): string {
  const table = new Table({ head: ['instrumentation', 'version', ...SCENARIO_NAMES], style: { head: [], border: [] } });
  for (const { name, versions, scenarios } of results) {
    const cells = SCENARIO_NAMES.map((scenario) => {
      const faults = scenarios[scenario];
      if (faults === undefined) return '–';
      return faults.length === 0 ? '✓' : faults.map(({ field, verdict }) => `${verdict}: ${field}`).join('\n');
    });
    const told = Object.entries(versions).map(([each, version]) => `${each} ${version}`);
    table.push([name, told.join('\n'), ...cells]);
  }
  return table.toString();
}
