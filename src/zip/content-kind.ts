/** Formats that are compressed inside: a second compression costs time and saves next to nothing. */
const COMPRESSED_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    '7z aac apk avi avif br bz2 cab docm docx epub flac gif gz heic heif jar jpeg jpg jxl lz4 m4a m4v mkv mov mp3 mp4 ' +
    'mpeg mpg odp ods odt ogg opus parquet pdf png pptm pptx rar tgz webm webp wma wmv woff woff2 xlsm xlsx xz zip zst'
  ).split(' '),
);

const COMPRESSED_MARKERS: readonly Buffer[] = [
  Buffer.from('%PDF-'),
  Buffer.from('PK\x03\x04', 'latin1'),
  Buffer.from('\x89PNG', 'latin1'),
  Buffer.from('\xff\xd8\xff', 'latin1'),
  Buffer.from('GIF8'),
  Buffer.from('\x1f\x8b', 'latin1'),
  Buffer.from('7z\xbc\xaf', 'latin1'),
  Buffer.from('\x28\xb5\x2f\xfd', 'latin1'),
  Buffer.from('BZh'),
  Buffer.from('\xfd7zXZ', 'latin1'),
];

/** Documents that are never HTML: an answer in HTML under such a name is a log-in or an error page. */
const NEVER_HTML: ReadonlySet<string> = new Set([
  ...COMPRESSED_EXTENSIONS,
  'bmp',
  'csv',
  'json',
  'tif',
  'tiff',
  'txt',
  'xml',
]);

// Matched against bytes read as Latin-1, where a byte order mark reads `ï»¿`.
const HTML_START = /^(?:ï»¿)?\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html)[\s>]/iu;

/** @param head the first bytes of the content; @returns whether it is compressed already, by its marker or its name */
export function isCompressed(name: string, head: Uint8Array): boolean {
  return COMPRESSED_EXTENSIONS.has(extensionOf(name)) || COMPRESSED_MARKERS.some((marker) => startsWith(head, marker));
}

/** @returns whether a server sent a web page in place of the document */
export function isHtmlInstead(name: string, head: Uint8Array): boolean {
  return NEVER_HTML.has(extensionOf(name)) && HTML_START.test(Buffer.from(head).toString('latin1'));
}

function extensionOf(name: string): string {
  return /\.([^./]+)$/u.exec(name)?.[1]?.toLowerCase() ?? '';
}

function startsWith(head: Uint8Array, marker: Buffer): boolean {
  return head.length >= marker.length && marker.equals(head.subarray(0, marker.length));
}
