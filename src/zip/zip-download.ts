import { describeError } from '../base/errors.ts';
import { parseEntryName } from './entry-name.ts';
import { type FetchOptions, fetchEntry } from './fetch-entry.ts';
import type { NameRegistry } from './name-registry.ts';
import { describeSource, discardContent } from './open-content.ts';
import type { StoredContent } from './stored-content.ts';
import { EntryFailure, type MissingEntry } from './zip-error.ts';
import type { ZipEntry } from './zip-options.ts';

/** What became of one entry: its content under the name it will have, or why there is none. */
export type ZipDownload = DownloadedEntry | FailedEntry;

interface DownloadFacts {
  readonly name: string;
  readonly source: string;
  readonly attempts: number;
}

export interface DownloadedEntry extends DownloadFacts {
  readonly path: string;
  readonly content: StoredContent;
  readonly modified: Date | undefined;
}

export interface FailedEntry extends DownloadFacts {
  readonly failure: EntryFailure;
}

/**
 * Names an entry and fetches its content. Names are given before anything is awaited, so they follow the order in which
 * this is called. Never rejects, whatever the host passed for an entry.
 */
export async function downloadEntry(
  entry: ZipEntry,
  names: NameRegistry,
  options: Omit<FetchOptions, 'onAttempt'>,
): Promise<ZipDownload> {
  let attempts = 0;
  const facts = (): DownloadFacts => ({ name: nameOf(entry), source: sourceOf(entry), attempts });
  try {
    const path = names.register(parseName(entry.name));
    const onAttempt = (): void => {
      attempts += 1;
    };
    const content = await fetchEntry(entry, { ...options, onAttempt });
    return { ...facts(), path, content, modified: entry.modified };
  } catch (error) {
    const failure = error instanceof EntryFailure ? error : new EntryFailure('source-failed', describeError(error));
    if (attempts === 0) discardContent(entry?.source);
    return { ...facts(), failure };
  }
}

export function toMissingEntry({ name, source, attempts, failure }: FailedEntry): MissingEntry {
  return { name, source, reason: failure.reason, detail: failure.message, attempts };
}

function parseName(name: unknown): string {
  if (typeof name !== 'string') throw new EntryFailure('unsafe-name', `a name of type ${typeof name}`);
  const safe = parseEntryName(name);
  if ('refused' in safe) throw new EntryFailure('unsafe-name', safe.refused);
  return safe.name;
}

function nameOf(entry: ZipEntry): string {
  return typeof entry?.name === 'string' ? entry.name : '';
}

function sourceOf(entry: ZipEntry): string {
  return entry?.source === undefined ? 'none' : describeSource(entry.source);
}
