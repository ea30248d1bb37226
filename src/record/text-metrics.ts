import { truncateCodePoints } from '../privacy/truncate-text.ts';

/** Code points of a text. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Words of a text, split on Unicode white space. */
export function countWords(text: string): number {
  return text.match(/[^\p{White_Space}]+/gu)?.length ?? 0;
}

/** What `response_summary` holds of a response: its first 200 code points. */
export function buildSummary(response: string): string {
  return truncateCodePoints(response, 200);
}
