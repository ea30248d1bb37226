import type { TextRange } from '../text-range.ts';
import { LONG_TOKEN } from './long-token.ts';

/** `{"` in base64url: how the header of a JSON Web Token begins. */
const HEADER_START = 'eyJ';
const BASE64URL = /^[\w-]*$/;
/** Header, payload, signature (JWS); header, key, vector, text, tag (JWE). */
const JWS_PARTS = 3;
const JWE_PARTS = 5;
const MAX_HEADER_LENGTH = 4_096;

/** JSON Web Tokens, signed, encrypted or unsigned: a header that names its algorithm and the parts behind it. */
export function findJwts(text: string): readonly TextRange[] {
  if (!text.includes(HEADER_START)) return [];
  const ranges: TextRange[] = [];
  for (const token of text.matchAll(LONG_TOKEN)) {
    const parts = token[0].split('.');
    let offset = token.index;
    for (let index = 0; index < parts.length; ) {
      const part = parts[index] ?? '';
      const header = part.lastIndexOf(HEADER_START);
      const count = header === -1 ? 0 : countParts(parts, index, part.slice(header));
      const taken = parts.slice(index, index + Math.max(count, 1)).join('.');
      if (count > 0) ranges.push({ start: offset + header, end: offset + trimmedLength(taken) });
      offset += taken.length + 1;
      index += Math.max(count, 1);
    }
  }
  return ranges;
}

/** How many parts the token that begins here has; 0 where none begins. */
function countParts(parts: readonly string[], index: number, header: string): number {
  if (header.length > MAX_HEADER_LENGTH || parts[index + 1] === undefined || !namesAlgorithm(header)) return 0;
  const isEncrypted = parts.slice(index + 1, index + JWE_PARTS).filter((part) => BASE64URL.test(part)).length === 4;
  return Math.min(isEncrypted ? JWE_PARTS : JWS_PARTS, parts.length - index);
}

/** The last part ends where base64url does, e.g. before a colon that the scan took along. */
function trimmedLength(taken: string): number {
  const end = /[^\w.-]/.exec(taken)?.index;
  return end ?? taken.length;
}

function namesAlgorithm(header: string): boolean {
  return /"(?:alg|enc)"\s*:/.test(Buffer.from(header, 'base64url').toString('latin1'));
}
