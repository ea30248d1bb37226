// What RFC 8187 lets stand in an extended value.
const NOT_ATTR_CHAR = /['()*]/gu;

/**
 * The header that makes a browser save a download under a name: plain for old ones, with Unicode for the others
 * (RFC 6266). Quotes, backslashes and control characters cannot break out of it.
 */
export function renderContentDisposition(fileName: string): string {
  const name = fileName.toWellFormed();
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(name).replace(
    NOT_ATTR_CHAR,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
