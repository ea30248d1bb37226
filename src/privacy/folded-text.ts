import type { TextRange } from './text-range.ts';

/**
 * A text as detectors read it: full-width and foreign digits as ASCII, exotic spaces and dashes as plain ones,
 * invisible characters gone, and JSON, percent and HTML escapes resolved, so that `ana%40example.com` or
 * `4111\u00a01111` in raw JSON are found. What is found is mapped back: only the original text is ever cut.
 */
export interface FoldedText {
  readonly text: string;
  /** The part of the original text that a part of the folded text came from. */
  toOriginal(range: TextRange): TextRange;
}

/** Alternatives begin with different characters and repeat at most eight times, so a scan is linear. */
const FOLDABLE =
  /(?<!\\)\\{1,8}(?:u[0-9A-Fa-f]{4}|["/bfnrt])|%[2-7][0-9A-Fa-f]|&#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6});|[\u00a0\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2000-\u200f\u2010-\u2015\u202a-\u202f\u205f\u2060\u2212\u3000\u3002\ufe63\ufeff\uff01-\uff5e]|\ud835[\udc00-\udfff]/g;

const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]/;
const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/;
const DASHES = /[\u2010-\u2015\u2212\ufe63]/;
/** Zero of the decimal digits that compatibility normalisation leaves as they are. */
const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966];
const MAX_CODE_POINT = 0x10ffff;

export function foldText(original: string): FoldedText {
  /** Where each folded piece ends in the folded text, and where it stands in the original. */
  const pieces: { readonly foldedEnd: number; readonly start: number; readonly end: number }[] = [];
  let text = '';
  let copiedTo = 0;
  for (const match of original.matchAll(FOLDABLE)) {
    text += original.slice(copiedTo, match.index) + foldOne(match[0]);
    copiedTo = match.index + match[0].length;
    pieces.push({ foldedEnd: text.length, start: match.index, end: copiedTo });
  }
  if (pieces.length === 0) return { text: original, toOriginal: (range) => range };
  text += original.slice(copiedTo);

  /** Index of the last piece that ends at or before a folded index; -1 where there is none. */
  const pieceBefore = (foldedIndex: number): number => {
    let low = 0;
    let high = pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pieces[middle]?.foldedEnd ?? 0) <= foldedIndex) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  /** A piece folds to one character at most, so whatever is not a piece runs in step with the original. */
  const toOriginalIndex = (foldedIndex: number): number => {
    const { foldedEnd, end } = pieces[pieceBefore(foldedIndex)] ?? { foldedEnd: 0, end: 0 };
    return foldedIndex - foldedEnd + end;
  };
  return {
    text,
    toOriginal: ({ start, end }) => {
      const last = toOriginalIndex(end - 1);
      const next = pieces[pieceBefore(end - 1) + 1];
      return { start: toOriginalIndex(start), end: next?.start === last ? next.end : last + 1 };
    },
  };
}

function foldOne(source: string): string {
  const first = source.charAt(0);
  if (first === '\\') return foldEscape(source);
  if (first === '%') return String.fromCharCode(Number.parseInt(source.slice(1), 16));
  if (first === '&') {
    const hexadecimal = source.charAt(2) === 'x' || source.charAt(2) === 'X';
    const code = Number.parseInt(source.slice(hexadecimal ? 3 : 2, -1), hexadecimal ? 16 : 10);
    return code <= MAX_CODE_POINT ? foldCharacter(String.fromCodePoint(code)) : source;
  }
  return foldCharacter(source);
}

function foldEscape(source: string): string {
  const letter = source.replace(/^\\+/, '');
  if (letter.charAt(0) === 'u') return foldCharacter(String.fromCharCode(Number.parseInt(letter.slice(1), 16)));
  return letter === '/' || letter === '"' ? letter : '\n';
}

function foldCharacter(character: string): string {
  if (INVISIBLE.test(character)) return '';
  if (SPACES.test(character)) return ' ';
  if (DASHES.test(character)) return '-';
  if (character === '\u3002') return '.';
  const code = character.charCodeAt(0);
  for (const zero of DIGIT_ZEROS) if (code >= zero && code <= zero + 9) return String(code - zero);
  return character.normalize('NFKC');
}
