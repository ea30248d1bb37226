/**
 * Names of entries, made safe to extract anywhere. What points outside the archive is refused, because a guess at what
 * was meant may hide an attack; what some file system cannot hold is replaced, because the document is still wanted.
 */
export type SafeName = { readonly name: string } | { readonly refused: string };

/** A segment that ext4, APFS and NTFS can all hold. */
const MAX_SEGMENT_BYTES = 255;
/** Within the 4,096 that Info-ZIP and Linux take for a path, with room for the folder it is extracted to. */
const MAX_PATH_BYTES = 1_024;
/** Room that numbering a duplicate may need: ` (70000)`. */
const NUMBER_BYTES = 12;

const WINDOWS_FORBIDDEN = /[<>:"|?*\p{Cc}]/gu;
const WINDOWS_RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[. ])/iu;
const TRAILING_DOTS = /[. ]+$/u;
const EXTENSION = /(?<=[^.])\.[\p{L}\p{N}]{1,16}$/u;

/** @returns the name with `/` as its only separator, at most 1,024 bytes of UTF-8, or why it is refused */
export function parseEntryName(given: string): SafeName {
  const path = given.replaceAll('\\', '/');
  if (path === '') return { refused: 'empty name' };
  if (path.includes('\0')) return { refused: 'NUL in the name' };
  if (path.startsWith('/')) return { refused: 'absolute path' };
  if (/^[a-z]:/iu.test(path)) return { refused: 'drive in the name' };
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { refused: '".." in the name' };
  if (segments.length === 0) return { refused: 'empty name' };
  const name = segments.map(makeSegmentSafe).join('/');
  if (Buffer.byteLength(name) <= MAX_PATH_BYTES - NUMBER_BYTES) return { name };
  // The folders cannot be kept whole; the file's own name says more.
  return { name: makeSegmentSafe(segments.at(-1) ?? '_') };
}

function makeSegmentSafe(segment: string): string {
  const plain = segment
    .toWellFormed()
    .replace(WINDOWS_FORBIDDEN, '_')
    .replace(TRAILING_DOTS, '')
    .replace(WINDOWS_RESERVED, '$&_');
  return plain === '' ? '_' : shorten(plain, MAX_SEGMENT_BYTES - NUMBER_BYTES);
}

/** Puts a number before the extension: `a.pdf`, 2 → `a (2).pdf`. */
export function numberName(segment: string, count: number): string {
  const extension = EXTENSION.exec(segment)?.[0] ?? '';
  return `${segment.slice(0, segment.length - extension.length)} (${count})${extension}`;
}

function shorten(segment: string, maxBytes: number): string {
  if (Buffer.byteLength(segment) <= maxBytes) return segment;
  const extension = EXTENSION.exec(segment)?.[0] ?? '';
  let room = maxBytes - Buffer.byteLength(extension);
  let stem = '';
  for (const character of segment) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    stem += character;
  }
  // The cut may have laid bare a dot or a space that Windows drops.
  return (stem + extension).replace(TRAILING_DOTS, '_');
}
