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

export function renderContentMode(mode: ContentMode): string {
  return mode.kind === 'truncate' ? `truncate(${mode.maxCodePoints})` : mode.kind;
}

/** The one that leaves least of a text; `full` where there is none. */
export function strictestMode(modes: readonly ContentMode[]): ContentMode {
  return modes.reduce<ContentMode>((a, b) => (leaves(b) < leaves(a) ? b : a), { kind: 'full' });
}

function leaves(mode: ContentMode): number {
  if (mode.kind === 'truncate') return mode.maxCodePoints;
  return { none: -2, hash: -1, full: Number.POSITIVE_INFINITY }[mode.kind];
}
