import type { LedgerEntry, RowSink } from '../delivery/row-sink.ts';
import type { ContentPolicy } from '../privacy/content-policy.ts';
import { redactRow } from '../record/redacted-row.ts';
import { findRowProblem } from '../record/validate-row.ts';
import { tableDefinition } from '../store/tables.ts';
import type { ReportProblem } from './read-json-objects.ts';
import type { ReplayCandidate } from './replay-candidates.ts';
import type { ReplayedKeys } from './replayed-keys.ts';

const BATCH_ROWS = 500;
const BATCH_BYTES = 4_000_000;

export interface ReplayOptions {
  readonly candidates: AsyncIterable<ReplayCandidate>;
  /** What the rows pass on their way back, as those of a running agent do. */
  readonly policy: ContentPolicy;
  /** Whose writes resolve once each row is stored or cannot be; undefined only reads. */
  readonly sink: RowSink | undefined;
  readonly replayed: ReplayedKeys;
  readonly report: ReportProblem;
  readonly onProgress: (books: ReplayBooks) => void;
  /** Ends the replay after the batch that is under way. */
  readonly interrupt: AbortSignal;
}

/** What became of every row: `read = stored + storedBefore + duplicates + invalid + refused + undelivered + wouldStore`. */
export interface ReplayBooks {
  read: number;
  stored: number;
  /** Stored by an earlier replay. */
  storedBefore: number;
  /** Named more than once by this source. */
  duplicates: number;
  /** Not a row of its table. */
  invalid: number;
  /** The store does not take them. */
  refused: number;
  /** The store could not be reached; the next replay sends them. */
  undelivered: number;
  /** What a dry run would have sent. */
  wouldStore: number;
  /** Whether the source was read to its end. */
  finished: boolean;
}

/** Reads a source's rows, checks them, and stores those that no earlier replay stored. Can be interrupted and repeated. */
export async function replayRows(options: ReplayOptions): Promise<ReplayBooks> {
  const books: ReplayBooks = {
    read: 0,
    stored: 0,
    storedBefore: 0,
    duplicates: 0,
    invalid: 0,
    refused: 0,
    undelivered: 0,
    wouldStore: 0,
    finished: false,
  };
  let batch: LedgerEntry[] = [];
  let batchBytes = 0;
  const write = async (): Promise<void> => {
    const entries = batch;
    batch = [];
    batchBytes = 0;
    if (entries.length > 0) await writeBatch(entries, options, books);
  };
  for await (const candidate of options.candidates) {
    books.read += 1;
    const entry = checkCandidate(candidate, options, books);
    if (entry === undefined) continue;
    batch.push(entry);
    batchBytes += JSON.stringify(entry.row).length;
    if (batch.length >= BATCH_ROWS || batchBytes >= BATCH_BYTES) await write();
    if (options.interrupt.aborted || books.undelivered > 0) break;
  }
  // An interruption while the source was read: what was read is still written.
  await write();
  books.finished = !options.interrupt.aborted && books.undelivered === 0;
  return books;
}

/** The row as it is to be written; undefined for one that is not, which is counted. */
function checkCandidate(
  { table, key, row }: ReplayCandidate,
  { replayed, report, policy }: ReplayOptions,
  books: ReplayBooks,
): LedgerEntry | undefined {
  if (!replayed.see(table, key)) {
    books.duplicates += 1;
    return undefined;
  }
  const definition = tableDefinition(table);
  const problem = definition === undefined ? 'is for an unknown table' : findRowProblem(row, definition.columns);
  if (definition === undefined || problem !== undefined) {
    books.invalid += 1;
    report(`row ${key} ${problem}`);
    return undefined;
  }
  if (replayed.has(table, key)) {
    books.storedBefore += 1;
    return undefined;
  }
  return { table, key, row: redactRow(definition, row, policy) };
}

async function writeBatch(
  batch: readonly LedgerEntry[],
  { sink, replayed, report, onProgress }: ReplayOptions,
  books: ReplayBooks,
): Promise<void> {
  if (sink === undefined) {
    books.wouldStore += batch.length;
    return;
  }
  const results = await sink.write(batch);
  replayed.add(batch.filter((_, index) => results[index]?.status === 'stored'));
  for (const [index, entry] of batch.entries()) {
    const result = results[index];
    if (result?.status === 'stored') {
      books.stored += 1;
    } else if (result?.status === 'fallback' || (result?.status === 'dropped' && result.reason !== 'shutdown')) {
      books.refused += 1;
      report(`row ${entry.key} was refused: ${result.reason}`);
    } else {
      books.undelivered += 1;
    }
  }
  onProgress(books);
}
