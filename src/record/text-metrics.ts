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

/** The first code points of a text; never half of a surrogate pair. */
export function firstCodePoints(text: string, count: number): string {
  let end = 0;
  let left = count;
  for (const point of text) {
    if (left === 0) break;
    left -= 1;
    end += point.length;
  }
  return text.slice(0, end);
}
