import type { LedgerEntry, RowSink, TableName } from '../delivery/row-sink.ts';
import type { ContentPolicy } from '../privacy/content-policy.ts';
import type { TableDefinition } from '../record/column.ts';
import { redactRow } from '../record/redacted-row.ts';
import { findRowProblem } from '../record/validate-row.ts';
import type { ReportProblem } from './read-json-objects.ts';
import type { ReplayCandidate } from './replay-candidates.ts';
import type { ReplayedKeys } from './replayed-keys.ts';

const BATCH_ROWS = 500;
const BATCH_BYTES = 4_000_000;

export interface ReplayOptions {
  readonly candidates: AsyncIterable<ReplayCandidate>;
  /** What the rows pass on their way back, as those of a running agent do. */
  readonly policy: ContentPolicy;
  readonly tables: Readonly<Record<string, TableDefinition | undefined>>;
  /** Whose writes resolve once each row is stored or cannot be; undefined only reads. */
  readonly sink: RowSink | undefined;
  readonly replayed: Pick<ReplayedKeys, 'see' | 'has' | 'add'>;
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
  const replay = new Replay(options);
  return replay.run();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #books: ReplayBooks = {
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
  #batch: LedgerEntry[] = [];
  #batchBytes = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  async run(): Promise<ReplayBooks> {
    const { candidates, interrupt } = this.#options;
    for await (const candidate of candidates) {
      this.#books.read += 1;
      const entry = this.#check(candidate);
      if (entry === undefined) continue;
      this.#batch.push(entry);
      this.#batchBytes += JSON.stringify(entry.row).length;
      if (this.#batch.length >= BATCH_ROWS || this.#batchBytes >= BATCH_BYTES) await this.#write();
      if (interrupt.aborted || this.#books.undelivered > 0) break;
    }
    // An interruption while the source was read: what was read is still written.
    await this.#write();
    this.#books.finished = !interrupt.aborted && this.#books.undelivered === 0;
    return this.#books;
  }

  #check({ table, key, row }: ReplayCandidate): LedgerEntry | undefined {
    const { tables, replayed, report, policy } = this.#options;
    if (!replayed.see(table, key)) {
      this.#books.duplicates += 1;
      return undefined;
    }
    const definition = tables[table];
    const problem = definition === undefined ? 'is for an unknown table' : findRowProblem(row, definition.columns);
    if (definition === undefined || problem !== undefined) {
      this.#books.invalid += 1;
      report(`row ${key} ${problem}`);
      return undefined;
    }
    if (replayed.has(table, key)) {
      this.#books.storedBefore += 1;
      return undefined;
    }
    return { table: definition.name as TableName, key, row: redactRow(definition, row, policy) };
  }

  async #write(): Promise<void> {
    const { sink, replayed, report, onProgress } = this.#options;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    if (batch.length === 0) return;
    if (sink === undefined) {
      this.#books.wouldStore += batch.length;
      return;
    }
    const results = await sink.write(batch);
    const stored: LedgerEntry[] = [];
    for (const [index, entry] of batch.entries()) {
      const result = results[index];
      if (result?.status === 'stored') {
        stored.push(entry);
      } else if (result?.status !== 'fallback' && !(result?.status === 'dropped' && result.reason !== 'shutdown')) {
        this.#books.undelivered += 1;
      } else {
        this.#books.refused += 1;
        report(`row ${entry.key} was refused: ${result.reason}`);
      }
    }
    this.#books.stored += stored.length;
    replayed.add(stored);
    onProgress(this.#books);
  }
}
