/**
 * The first `maxCodePoints` Unicode code points of a text: never half of a surrogate pair. Reads no more of the text
 * than it keeps.
 */
export function truncateCodePoints(text: string, maxCodePoints: number): string {
  if (text.length <= maxCodePoints) return text;
  let end = 0;
  for (let count = 0; count < maxCodePoints && end < text.length; count += 1) {
    end += isPairAt(text, end) ? 2 : 1;
  }
  return end >= text.length ? text : text.slice(0, end);
}

/** The longest beginning of a text that takes at most `maxBytes` in UTF-8, cut between two characters. */
export function truncateUtf8(text: string, maxBytes: number): string {
  // No UTF-16 unit takes more than three bytes.
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  for (let index = 0; index < text.length; ) {
    const pair = isPairAt(text, index);
    const size = pair ? 4 : utf8Size(text.charCodeAt(index));
    if (bytes + size > maxBytes) return text.slice(0, index);
    bytes += size;
    index += pair ? 2 : 1;
  }
  return text;
}

/** A lone surrogate is encoded as U+FFFD: three bytes. */
function utf8Size(unit: number): 1 | 2 | 3 {
  if (unit < 0x80) return 1;
  return unit < 0x800 ? 2 : 3;
}

function isPairAt(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(index + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
