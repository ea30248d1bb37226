import stringWidth from 'string-width';
import type { CliContext } from './context.ts';

/** Of a file or a pipe: every table of figures fits, and no text is longer than a screen. */
const DEFAULT_COLUMNS = 160;

/** Columns that a line may take: as `COLUMNS` says, else the terminal, else 160. */
export function lineWidth({ env, stdout }: Pick<CliContext, 'env' | 'stdout'>): number {
  const asked = Number(env.COLUMNS);
  return Number.isInteger(asked) && asked > 0 ? asked : (stdout.columns ?? DEFAULT_COLUMNS);
}

/** The text on at most so many columns, cut between the characters that a reader sees, with an ellipsis where it was cut. */
export function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
