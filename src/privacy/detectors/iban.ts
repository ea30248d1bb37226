import type { TextRange } from '../text-range.ts';

const START = /(?<![A-Za-z0-9]|IBAN[A-Za-z0-9])(?:IBAN)?(?<value>[A-Za-z]{2}\d{2})/dg;

/** Length of an IBAN by country, as registered with SWIFT. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
};

/** IBANs of any registered country, grouped or not, with a valid check number (ISO 7064 mod 97). */
export function findIbans(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null; match = START.exec(text)) {
    const start = match.indices?.groups?.value?.[0] ?? match.index;
    const end = ibanEnd(text, start);
    if (end !== undefined) ranges.push({ start, end });
  }
  return ranges;
}

function ibanEnd(text: string, start: number): number | undefined {
  const length = LENGTHS[text.slice(start, start + 2).toUpperCase()];
  if (length === undefined) return undefined;
  let iban = '';
  let index = start;
  while (iban.length < length) {
    const character = text.charAt(index);
    if (/[A-Za-z0-9]/.test(character)) iban += character.toUpperCase();
    else if (!/[ .-]/.test(character) || !/[A-Za-z0-9]/.test(text.charAt(index + 1))) return undefined;
    index += 1;
  }
  return /[A-Za-z0-9]/.test(text.charAt(index)) || !isValid(iban) ? undefined : index;
}

function isValid(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
