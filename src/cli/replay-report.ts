import type { ReplayBooks } from '../replay/replay-rows.ts';
import type { CliContext } from './context.ts';

const PROGRESS_MILLIS = 250;

/** Shows how far a replay is, to a person only. */
export function showProgress(context: CliContext): (books: ReplayBooks) => void {
  if (!context.stderr.isTTY) return () => undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return ({ read, stored }) => {
    const now = context.clock.monotonic();
    if (now - shownAt < PROGRESS_MILLIS) return;
    shownAt = now;
    void context.stderr.write(`\r${read} read, ${stored} stored`);
  };
}

/** The books of a replay, for people. */
export function renderReplayBooks(books: ReplayBooks, dryRun: boolean): string {
  const lines: readonly (readonly [string, number])[] = [
    ['read', books.read],
    [dryRun ? 'would be stored' : 'stored', dryRun ? books.wouldStore : books.stored],
    ['stored by an earlier replay', books.storedBefore],
    ['named more than once', books.duplicates],
    ['not a row of the table', books.invalid],
    ['refused by the store', books.refused],
    ['not delivered', books.undelivered],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  const end = books.finished ? '' : 'The replay did not reach the end; run it again to go on.\n';
  return `${lines.map(([label, count]) => `${label.padEnd(width)}  ${count}\n`).join('')}${end}`;
}
