/**
 * The first `maxCodePoints` Unicode code points of a text: never half of a surrogate pair. Reads no more of the text
 * than it keeps.
 */
export function truncateCodePoints(text: string, maxCodePoints: number): string {
  if (text.length <= maxCodePoints) return text;
  let end = 0;
  let count = 0;
  for (const point of text) {
    if (count === maxCodePoints) return text.slice(0, end);
    count += 1;
    end += point.length;
  }
  return text;
}

/** The longest beginning of a text that takes at most `maxBytes` in UTF-8, cut between two characters. */
export function truncateUtf8(text: string, maxBytes: number): string {
  // No UTF-16 unit takes more than three bytes.
  if (text.length * 3 <= maxBytes) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(maxBytes)).read);
}
