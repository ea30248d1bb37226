/** How much of a text may leave this process. */
export type ContentMode =
  | { readonly kind: 'full' }
  | { readonly kind: 'truncate'; readonly maxCodePoints: number }
  | { readonly kind: 'hash' }
  | { readonly kind: 'none' };

/** How a user writes a mode: `full`, `truncate(500)` (Unicode code points), `hash` (SHA-256) or `none`. */
export type ContentModeText = 'full' | 'hash' | 'none' | `truncate(${number})`;

export const CONTENT_MODES_ALLOWED = 'full, truncate(<code points>), hash, none';

const TRUNCATE = /^truncate\(\s{0,4}(\d{1,9})\s{0,4}\)$/;

/** `undefined` where the text is none of {@link CONTENT_MODES_ALLOWED}. */
export function parseContentMode(text: string): ContentMode | undefined {
  if (text === 'full' || text === 'hash' || text === 'none') return { kind: text };
  const maxCodePoints = TRUNCATE.exec(text)?.[1];
  return maxCodePoints === undefined ? undefined : { kind: 'truncate', maxCodePoints: Number(maxCodePoints) };
}
