import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a reader of a page does, in its order: writes a file, or types commands. */
export type Deed =
  | { readonly does: 'write'; readonly file: string; readonly text: string }
  | { readonly does: 'type'; readonly commands: string };

/** The blocks of a page that are files (their first line is a comment with the name) or commands. */
function readDeeds(path: string): readonly Deed[] {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```(\w+)\n(.*?)^```/gms);
  return [...blocks].flatMap(([, language, text = '']): Deed[] => {
    if (language === 'sh') return [{ does: 'type', commands: text }];
    const file = /^(?:\/\/|#) ([\w./-]+\.\w+)\n/.exec(text)?.[1];
    return file === undefined ? [] : [{ does: 'write', file, text }];
  });
}

const PAGES = join(import.meta.dirname, '../../docs/frameworks');

/** What makes an empty folder one for any of the pages. */
export const NEW_FOLDER: readonly Deed[] = readDeeds(join(PAGES, 'README.md'));

export function readPage(name: string): readonly Deed[] {
  return [...NEW_FOLDER, ...readDeeds(join(PAGES, `${name}.md`))];
}
