import { type Fault, judgeRecords } from '../support/judge-record.ts';
import { Folder } from './folder.ts';
import type { ModelServer } from './model-server.ts';
import type { Neighbour } from './neighbour.ts';
import { readPage } from './page.ts';
import { PAGE_CONVERSATION, truthOf } from './scenarios.ts';

export interface Tried {
  readonly faults: readonly Fault[];
  /** What a command said that failed. */
  readonly failure?: string;
}

/** Follows a page from its first line to its last in an empty folder, and judges the rows that are there in the end. */
export async function tryPage(neighbour: Neighbour, tarball: string, server: ModelServer): Promise<Tried> {
  const { page, silent = {} } = neighbour;
  if (page === undefined) throw new Error(`${neighbour.name} has no page`);
  const folder = new Folder(tarball, server.environment);
  server.play([PAGE_CONVERSATION]);
  try {
    for (const deed of readPage(page)) {
      const { status, output } = await folder.do(deed);
      if (status !== 0) return { faults: [], failure: `${deed.does === 'type' ? deed.commands : ''}${output}` };
    }
    const conversations = [truthOf(PAGE_CONVERSATION, server.modelOf(PAGE_CONVERSATION))];
    const capture = {
      name: page,
      truth: { conversations },
      not_in_spans: Object.keys(silent.always ?? {}),
      otlp: null,
    };
    return { faults: judgeRecords(folder.takeRows(), capture) };
  } finally {
    folder.remove();
  }
}
