import { findMatches, type TextRange } from '../text-range.ts';

const START = /(?<![A-Za-z0-9]|IBAN[A-Za-z0-9])(?:IBAN)?(?<value>[A-Za-z]{2}\d{2})/dg;

/** Length of an IBAN by country, as registered with SWIFT. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  `
  AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29
  ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
  LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29
  PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20
  YE30
  `
    .trim()
    .split(/\s+/)
    .map((word) => [word.slice(0, 2), Number(word.slice(2))]),
);

/** IBANs of any registered country, grouped or not, with a valid check number (ISO 7064 mod 97). */
export function findIbans(text: string): readonly TextRange[] {
  return findMatches(START, text).flatMap(({ start }) => {
    const end = ibanEnd(text, start);
    return end === undefined ? [] : [{ start, end }];
  });
}

function ibanEnd(text: string, start: number): number | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase());
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
