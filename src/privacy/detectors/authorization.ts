import { findMatches, type TextRange } from '../text-range.ts';

const BEARER = /(?<![A-Za-z0-9])bearer\s{1,4}(?<value>[A-Za-z0-9._~+/=:-]{16,})/dgi;
/** Credentials behind the name of the header that carries them: `X-Api-Key: …`, `"authorization":"Token …"`. */
const HEADER =
  /(?<![A-Za-z0-9])(?:authorization|x-api-key|x-goog-api-key|api-key|x-auth-token|x-access-token)["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:bearer|token|apikey)\s{1,4})?(?<value>[A-Za-z0-9._~+/=:-]{8,})/dgi;
const BASIC = /(?<![A-Za-z0-9])basic\s{1,4}(?<value>[A-Za-z0-9+/_-]{4,}={0,2})/dgi;

/** Tokens behind `Bearer` or in an authorization header. Words such as in `Bearer authentication` stay. */
export function findBearerTokens(text: string): readonly TextRange[] {
  return [...findMatches(BEARER, text, isToken), ...findMatches(HEADER, text, isToken)];
}

/** Basic-auth credentials: base64 of printable text with a colon. */
export function findBasicAuth(text: string): readonly TextRange[] {
  return findMatches(BASIC, text, (match) => isUserAndPassword(match.groups?.value ?? ''));
}

function isToken(match: RegExpExecArray): boolean {
  return /\d/.test(match.groups?.value ?? '');
}

function isUserAndPassword(base64: string): boolean {
  const decoded = Buffer.from(base64, 'base64').toString('utf8');
  return /^[^\p{Cc}\ufffd:]*:[^\p{Cc}\ufffd]*$/u.test(decoded);
}
