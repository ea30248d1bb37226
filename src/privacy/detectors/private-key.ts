import type { TextRange } from '../text-range.ts';

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END_MARK = '-----END';
const DASHES = '-----';
/** Base64, PEM headers and the white space between them: what an unfinished key is made of. */
const KEY_TEXT = /[A-Za-z0-9+/=\s:,.()-]*/y;

/** Private keys in PEM or OpenPGP armour, from BEGIN to END; a cut-off key up to where its text ends. */
export function findPrivateKeys(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  let endMark = -2;
  BEGIN.lastIndex = 0;
  for (let begin = BEGIN.exec(text); begin !== null; begin = BEGIN.exec(text)) {
    const bodyStart = BEGIN.lastIndex;
    if (endMark !== -1 && endMark < bodyStart) endMark = text.indexOf(END_MARK, bodyStart);
    const nextBegin = text.indexOf('-----BEGIN', bodyStart);
    const isClosed = endMark !== -1 && (nextBegin === -1 || endMark < nextBegin);
    const end = isClosed ? closingDashesEnd(text, endMark + END_MARK.length) : keyTextEnd(text, bodyStart);
    ranges.push({ start: begin.index, end });
    BEGIN.lastIndex = Math.max(end, bodyStart);
  }
  return ranges;
}

function closingDashesEnd(text: string, from: number): number {
  const dashes = text.indexOf(DASHES, from);
  return dashes === -1 || dashes - from > 80 ? from : dashes + DASHES.length;
}

function keyTextEnd(text: string, from: number): number {
  KEY_TEXT.lastIndex = from;
  KEY_TEXT.test(text);
  return Math.max(KEY_TEXT.lastIndex, from);
}
