import { join } from 'node:path';
import type { DialectCapture } from '../support/dialect-capture.ts';
import { type Fault, judgeRecords } from '../support/judge-record.ts';
import { Folder, type Ran } from './folder.ts';
import type { ModelServer } from './model-server.ts';
import type { Neighbour } from './neighbour.ts';
import { NEW_FOLDER, readPage } from './page.ts';
import { PAGE_CONVERSATION, SCENARIO_NAMES, SCENARIOS, type ScenarioName, truthOf } from './scenarios.ts';

export interface NeighbourResult {
  readonly name: string;
  /** The day of the run. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What was wrong in a scenario; none where its rows say what was served. */
  readonly scenarios: Readonly<Partial<Record<ScenarioName, readonly Fault[]>>>;
  /** What its spans do not say, and why. */
  readonly silent: NonNullable<Neighbour['silent']>;
  /** What kept it from being tried. */
  readonly failure?: string;
}

interface Bench {
  readonly tarball: string;
  readonly server: ModelServer;
  /** The major before the newest of its first package. */
  readonly previous: boolean;
  /** Gets the spans of a scenario whose rows are wrong. */
  keep(capture: DialectCapture & { readonly source: object; readonly scenario: string }): void;
}

const PROGRAMS = join(import.meta.dirname, 'programs');

/** Installs a neighbour in an empty folder and plays every scenario with it, each in a process of its own. */
export async function tryNeighbour(neighbour: Neighbour, bench: Bench): Promise<NeighbourResult> {
  const { name, silent = {} } = neighbour;
  const folder = new Folder(bench.tarball, {
    ...bench.server.environment,
    ...{ SPANLEDGER_TRACES_EXPORTER: 'otlp', SPANLEDGER_TRACES_CONTENT: 'full' },
  });
  const result = { name, date: new Date().toISOString().slice(0, 10), silent };
  try {
    const { status, output } = await install(folder, neighbour, bench.previous);
    if (status !== 0) return { ...result, versions: {}, scenarios: {}, failure: output };
    const versions = Object.fromEntries(
      neighbour.packages.map(packageName).map((each) => [each, folder.versionOf(each)]),
    );
    const scenarios: Partial<Record<ScenarioName, readonly Fault[]>> = {};
    for (const scenario of SCENARIO_NAMES) {
      const faults = await playScenario(folder, neighbour, scenario, bench, versions);
      if (faults !== undefined) scenarios[scenario] = faults;
    }
    return { ...result, versions, scenarios };
  } finally {
    folder.remove();
  }
}

async function install(folder: Folder, { page, packages, beside = [] }: Neighbour, previous: boolean): Promise<Ran> {
  const command = `npm install spanledger @opentelemetry/api ${[...packages, ...beside].join(' ')}`;
  const deeds = page === undefined ? [...NEW_FOLDER, { does: 'type', commands: command } as const] : readPage(page);
  for (const deed of deeds) {
    // A page begins with what is installed; what follows is what it runs.
    if (deed.does === 'type' && !/^npm /.test(deed.commands)) continue;
    const ran = await folder.do(deed);
    if (ran.status !== 0) return ran;
  }
  folder.copy(PROGRAMS);
  const [first] = packages.map(packageName);
  if (!previous || first === undefined) return { status: 0, output: '' };
  const [major = '', minor] = folder.versionOf(first).split('.');
  const below = major === '0' ? `0.${minor}.0` : `${major}.0.0`;
  return folder.type(`npm install --legacy-peer-deps '${first}@<${below}'`);
}

async function playScenario(
  folder: Folder,
  { name, page, program, streamed, silent = {} }: Neighbour,
  scenario: ScenarioName,
  { server, keep }: Bench,
  versions: Readonly<Record<string, string>>,
): Promise<readonly Fault[] | undefined> {
  const own = program ?? 'agent.ts';
  const file = scenario === 'stream' ? streamed : own;
  if (file === undefined) return undefined;
  // The program of a page asks its own question first.
  const conversations = [...(page !== undefined && file === own ? [PAGE_CONVERSATION] : []), ...SCENARIOS[scenario]];
  server.play(conversations);
  const { output } = await folder.type(`node play.js ./${file} '${scenario}'`, {
    CONVERSATIONS: JSON.stringify(SCENARIOS[scenario]),
  });
  const truths = conversations.map((each) => truthOf(each, server.modelOf(each)));
  const [first = '', version = ''] = Object.entries(versions)[0] ?? [];
  const capture = {
    name: [name, version, scenario]
      .join('-')
      .toLowerCase()
      .replaceAll(/[^\w.]+/g, '-'),
    source: { package: first, version, packages: versions, node: process.versions.node },
    scenario,
    truth: { conversations: truths },
    not_in_spans: Object.keys({ ...silent.always, ...silent[scenario] }),
    otlp: server.otlp,
  };
  const faults = judgeRecords(folder.takeRows(), capture);
  if (faults.length === 0) return faults;
  keep({ ...capture, source: { ...capture.source, output } });
  return faults;
}

/** `openai@6` → `openai`, `@google/adk` as it is. */
function packageName(wanted: string): string {
  return wanted.replace(/(?<=.)@.*$/, '');
}
