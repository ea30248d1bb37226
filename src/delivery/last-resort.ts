import type { DeliveryBooks } from './delivery-books.ts';
import { buildFallbackEntries, renderFallbackLine } from './fallback-entry.ts';
import type { PendingRow } from './row-store.ts';

/**
 * Where a row goes that no disk, no table and no fallback takes: standard error, as structured JSON that Google's agents
 * read and that replay brings back. Never throws: a closed stream must not reach the host.
 */
export type LastResort = (row: PendingRow, reason: string) => void;

/** @param projectId project of the traces that a line names */
export function createLastResort(
  books: DeliveryBooks,
  writeLine: (line: string) => void,
  projectId: string | undefined,
): LastResort {
  return (row, reason) => {
    books.lastResort += 1;
    for (const entry of buildFallbackEntries(row, reason, false)) {
      try {
        writeLine(renderFallbackLine(entry, projectId));
      } catch {
        // Nobody is left to tell.
      }
    }
  };
}
