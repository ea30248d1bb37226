import { join } from 'node:path';
import { type Fault, judgeRecords } from '../support/judge-record.ts';
import { Folder } from './folder.ts';
import type { ModelServer } from './model-server.ts';
import type { Neighbour } from './neighbour.ts';
import { type Deed, readDeeds } from './page.ts';
import { PAGE_CONVERSATION, truthOf } from './scenarios.ts';

const PAGES = join(import.meta.dirname, '../../docs/frameworks');
const NEW_FOLDER: readonly Deed[] = readDeeds(join(PAGES, 'README.md'));

export const deedsOf = (page: string): readonly Deed[] => [...NEW_FOLDER, ...readDeeds(join(PAGES, `${page}.md`))];

export interface Tried {
  readonly faults: readonly Fault[];
  /** What a command said that failed. */
  readonly failure?: string;
}

/** Follows a page from its first line to its last in an empty folder, and judges the rows that are there in the end. */
export async function tryPage(neighbour: Neighbour, tarball: string, server: ModelServer): Promise<Tried> {
  const { page, pageTurns = 1, silent = {} } = neighbour;
  if (page === undefined) throw new Error(`${neighbour.name} has no page`);
  const folder = new Folder(tarball, server.environment);
  server.play([PAGE_CONVERSATION]);
  try {
    for (const deed of deedsOf(page)) {
      const { status, output } = await folder.do(deed);
      if (status !== 0) return { faults: [], failure: `${deed.does === 'type' ? deed.commands : ''}${output}` };
    }
    const truth = truthOf(PAGE_CONVERSATION, server.modelOf(PAGE_CONVERSATION));
    const conversations = Array.from({ length: pageTurns }, () => truth);
    const capture = { name: page, truth: { conversations }, not_in_spans: Object.keys(silent), otlp: null };
    return { faults: judgeRecords(folder.takeRows(), capture) };
  } finally {
    folder.remove();
  }
}
