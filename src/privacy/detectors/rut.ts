import { findMatches, type TextRange } from '../text-range.ts';

/** `12.345.678-5`, `12345678-K`, `12 345 678 - 5`; a RUT glued to its own label or the country code counts too. */
const WITH_DASH =
  /(?<=^|RU[TN]|ru[tn]|CL|[^A-Za-z\u00c0-\u024f\d])(?<!\d[.,-])(?<value>(?<body>\d{1,2}(?<dot>[., ])\d{3}\k<dot>\d{3}|\d{7,8}) ?- ?(?<check>[\dkK]))(?![A-Za-z\u00c0-\u024f\d]|-\d|[.,]\d)/dg;
/** Without the dash a number is a RUT only where it is called one. */
const NAMED =
  /(?<![A-Za-z\u00c0-\u024f])R\.?U\.?[TN]\.?[\s:#=°ºn.]{1,6}(?<value>(?<body>\d{1,2}(?:\.\d{3}){2}|\d{6,8}) ?(?<check>[\dkK]))(?![A-Za-z\u00c0-\u024f\d]|-\d|[.,]\d)/dgi;

/** Chilean RUTs and RUNs with a valid check digit (modulus 11). */
export function findRuts(text: string): readonly TextRange[] {
  return [...findMatches(WITH_DASH, text, hasCheckDigit), ...findMatches(NAMED, text, hasCheckDigit)];
}

function hasCheckDigit(match: RegExpExecArray): boolean {
  const body = match.groups?.body?.replace(/\D/g, '') ?? '';
  let sum = 0;
  for (let index = 0; index < body.length; index += 1) {
    sum += Number(body.charAt(body.length - 1 - index)) * ((index % 6) + 2);
  }
  const expected = 11 - (sum % 11);
  const check = expected === 11 ? '0' : expected === 10 ? 'K' : String(expected);
  return sum > 0 && match.groups?.check?.toUpperCase() === check;
}
