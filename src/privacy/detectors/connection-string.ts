import type { TextRange } from '../text-range.ts';

const SECRET_PART =
  /(?<![A-Za-z0-9])(?:password|passwd|pwd|accountkey|sharedaccesskey|sharedaccesssignature)\s{0,2}=\s{0,2}(?:"(?<quoted>[^"\n]{1,256})"|'(?<single>[^'\n]{1,256})'|(?<words>[^;"'\n=]{1,128})(?=;)|(?<bare>[^;\s"'&]{1,512}))/dgi;
/** Another part of the same connection string, near by. */
const OTHER_PART =
  /(?:server|host|hostname|data source|user id|uid|user|username|dbname|database|initial catalog|endpoint|accountname|defaultendpointsprotocol|port|driver|sharedaccesskeyname)\s{0,2}=|jdbc:/i;
const NEIGHBOURHOOD = 300;

/** Passwords and keys in ADO, ODBC, JDBC, libpq and Azure connection strings. */
export function findConnectionStrings(text: string): readonly TextRange[] {
  return [...text.matchAll(SECRET_PART)].flatMap((match) => {
    const groups = match.indices?.groups;
    const range = groups?.quoted ?? groups?.single ?? groups?.words ?? groups?.bare;
    return range !== undefined && isPartOfConnection(text, match) ? [{ start: range[0], end: range[1] }] : [];
  });
}

function isPartOfConnection(text: string, match: RegExpExecArray): boolean {
  const before = text.slice(Math.max(0, match.index - NEIGHBOURHOOD), match.index);
  const end = match.index + match[0].length;
  return OTHER_PART.test(before) || OTHER_PART.test(text.slice(end, end + NEIGHBOURHOOD));
}
