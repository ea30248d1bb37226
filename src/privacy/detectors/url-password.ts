import { findMatches, type TextRange } from '../text-range.ts';

/** Characters between `://` and the `@` that are looked at. */
const MAX_USER_INFO_LENGTH = 512;
const QUERY_PASSWORD = /[?&;](?:password|passwd|pwd|pass|passphrase)=(?<value>[^&\s"'<>#]{1,512})/dgi;
const QUERY_TOKEN =
  /[?&;](?:(?:access_?|refresh_?|id_?|auth_?)?token|api_?key|key|client_?secret|secret|sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature|code)=(?<value>[^&\s"'<>#]{16,2048})/dgi;

/** Passwords in URLs: behind the user's name, or as a parameter; also tokens and signatures as parameters. */
export function findUrlPasswords(text: string): readonly TextRange[] {
  return [
    ...findUserInfoPasswords(text),
    ...findMatches(QUERY_PASSWORD, text),
    ...findMatches(QUERY_TOKEN, text, (match) => /\d/.test(match.groups?.value ?? '')),
  ];
}

function findUserInfoPasswords(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (let mark = text.indexOf('://'); mark !== -1; mark = text.indexOf('://', mark + 3)) {
    const rest = text.slice(mark + 3, mark + 3 + MAX_USER_INFO_LENGTH);
    const match = /^(?<user>[^\s/:@?#"'<>]*):(?<password>[^\s"'<>]+)@/.exec(untilNextUrl(rest));
    const user = match?.groups?.user;
    const password = match?.groups?.password;
    if (user === undefined || password === undefined) continue;
    const secret = withoutPath(password);
    if (secret === undefined) continue;
    const start = mark + 3 + user.length + 1;
    ranges.push({ start, end: start + secret.length });
  }
  return ranges;
}

function untilNextUrl(text: string): string {
  const next = text.indexOf('://');
  return next === -1 ? text : text.slice(0, next);
}

/**
 * The password ends at the last `@` before the path. Where the first `@` stands behind a slash, either the password
 * holds slashes or the `@` belongs to a path behind a port.
 */
function withoutPath(found: string): string | undefined {
  const slash = found.search(/[/?#]/);
  if (slash === -1) return found;
  const authority = found.slice(0, slash);
  const lastAt = authority.lastIndexOf('@');
  if (lastAt !== -1) return authority.slice(0, lastAt);
  return /^\d{1,5}$/.test(authority) ? undefined : found;
}
