import type { TextRange } from '../text-range.ts';

const LOCAL_CHARACTER = /[\p{L}\p{N}._%+'-]/u;
const DOMAIN =
  /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,63})(?![\p{L}\p{N}])/uy;
const IP_LITERAL = /\[(?:\d{1,3}\.){3}\d{1,3}\]/y;
/** `icon@2x.png`: the resolution of a picture. */
const PICTURE = /^\dx\.(?:png|jpe?g|gif|webp|svg|avif)$/i;
/** The key of a Sentry DSN stands where a URL has a user. */
const DSN_KEY = /^[0-9a-f]{32}$/;
/** RFC 5321 allows 64; what is longer was glued to the address. */
const MAX_LOCAL_LENGTH = 64;

/** Mail addresses with a domain that has a dot; not `git@host:path`, `pkg@1.2.3` or `icon@2x.png`. */
export function findEmails(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const end = domainEnd(text, at + 1);
    if (end === undefined) continue;
    const start = localStart(text, at);
    if (start === at || isSomethingElse(text, start, at, end)) continue;
    ranges.push({ start, end });
  }
  return ranges;
}

function domainEnd(text: string, index: number): number | undefined {
  for (const pattern of [DOMAIN, IP_LITERAL]) {
    pattern.lastIndex = index;
    if (pattern.test(text)) return pattern.lastIndex;
  }
  return undefined;
}

function localStart(text: string, at: number): number {
  if (text.charAt(at - 1) === '"') {
    const quote = text.lastIndexOf('"', at - 2);
    const line = text.slice(Math.max(quote, 0), at).includes('\n');
    return quote === -1 || line || at - quote > MAX_LOCAL_LENGTH + 2 ? at : quote;
  }
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL_LENGTH && LOCAL_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  // Punctuation before an address belongs to the sentence.
  while (start < at && /[.'-]/.test(text.charAt(start))) start += 1;
  return start;
}

function isSomethingElse(text: string, start: number, at: number, end: number): boolean {
  const local = text.slice(start, at);
  const next = text.charAt(end);
  if (local === 'git' && (next === ':' || next === '/')) return true;
  if (PICTURE.test(text.slice(at + 1, end))) return true;
  return DSN_KEY.test(local) && text.startsWith('//', start - 2);
}
