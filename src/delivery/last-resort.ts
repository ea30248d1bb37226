import type { DeliveryBooks } from './delivery-books.ts';
import { buildFallbackEntries, renderFallbackLine } from './fallback-entry.ts';
import type { PendingRow } from './row-store.ts';

/**
 * Where a row goes that no disk, no table and no fallback takes: standard error, as structured JSON that Google's agents
 * read and that replay brings back.
 */
export class LastResort {
  readonly #books: DeliveryBooks;
  readonly #writeLine: (line: string) => void;
  readonly #projectId: string | undefined;

  /** @param projectId project of the traces that a line names */
  constructor(books: DeliveryBooks, writeLine: (line: string) => void, projectId: string | undefined) {
    this.#books = books;
    this.#writeLine = writeLine;
    this.#projectId = projectId;
  }

  /** Never throws: a closed stream must not reach the host. */
  write(row: PendingRow, reason: string): void {
    this.#books.lastResort += 1;
    for (const entry of buildFallbackEntries(row, reason, false)) {
      try {
        this.#writeLine(renderFallbackLine(entry, this.#projectId));
      } catch {
        // Nobody is left to tell.
      }
    }
  }
}
