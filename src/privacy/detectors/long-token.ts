/** Unbroken text of the length of a secret: where keys and tokens are looked for, so that prose costs one scan. */
const LONG_TOKEN = /(?<![\w.-])[\w.-]{20,}/g;

export interface LongToken {
  readonly text: string;
  readonly start: number;
}

export function findLongTokens(text: string): readonly LongToken[] {
  const tokens: LongToken[] = [];
  for (const match of text.matchAll(LONG_TOKEN)) tokens.push({ text: match[0], start: match.index });
  return tokens;
}
