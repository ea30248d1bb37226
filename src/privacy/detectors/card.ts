import type { TextRange } from '../text-range.ts';

/** Groups of digits, parted by one separator; not part of a longer word or a decimal fraction. */
const DIGIT_GROUPS = /(?<![A-Za-z0-9]|\d[.,])\d{3,19}(?:[ ._-]{1,2}\d{1,19})*(?![A-Za-z0-9])/g;
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
const MIN_GROUP_DIGITS = 3;

/** Issuer ranges with the lengths they issue. */
const ISSUED: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d{4}|222[1-9]\d\d|22[3-9]\d{3}|2[3-6]\d{4}|27[01]\d{3}|2720\d\d)\d{10}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(?:0[0-5]|[689]\d)\d{11}$/, // Diners Club
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/, // JCB
  /^(?:50|5[6-9]|6\d)\d{11,17}$/, // Maestro, Discover, UnionPay, RuPay
  /^220[0-4]\d{12}$/, // Mir
];

/** Payment card numbers: 13 to 19 digits of a known issuer range with a valid Luhn digit. */
export function findCards(text: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (const run of text.matchAll(DIGIT_GROUPS)) {
    if (run[0].length >= MIN_DIGITS) collectCards(run[0], run.index, ranges);
  }
  return ranges;
}

function collectCards(run: string, offset: number, ranges: TextRange[]): void {
  const groups = [...run.matchAll(/\d+/g)].map((match) => ({ digits: match[0], index: match.index }));
  for (let first = 0; first < groups.length; first += 1) {
    let digits = '';
    for (let last = first; last < groups.length; last += 1) {
      const group = groups[last];
      const begin = groups[first];
      if (group === undefined || begin === undefined) break;
      const shortInside =
        digits !== '' && last > first + 1 && (groups[last - 1]?.digits.length ?? 0) < MIN_GROUP_DIGITS;
      digits += group.digits;
      if (digits.length > MAX_DIGITS || begin.digits.length < MIN_GROUP_DIGITS || shortInside) break;
      if (digits.length < MIN_DIGITS || !ISSUED.some((form) => form.test(digits)) || !hasLuhnDigit(digits)) continue;
      ranges.push({ start: offset + begin.index, end: offset + group.index + group.digits.length });
      first = last;
      break;
    }
  }
}

function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - index));
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  // A row of zeros passes the check and is no card.
  return sum > 0 && sum % 10 === 0;
}
