import { findMatches, type TextRange } from '../text-range.ts';

/** `+56 9 1234 5678`, `+1 (555) 123-4567`. */
const INTERNATIONAL = /(?<![\w+])\+ ?\(?\d(?:[ .()/-]{0,3}\d){7,14}(?!\d)/g;
/** `0056 9 1234 5678`: only with a separator, for zero-padded numbers are common. */
const DOUBLE_ZERO = /(?<![\w.,-]|\d )00[1-9]\d{0,2}[ .(/-]{1,2}\d(?:[ .()/-]{0,2}\d){6,11}(?!\d)/g;
/** `(555) 123-4567`, `555-123-4567`, `1.555.123.4567`. */
const NORTH_AMERICAN =
  /(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?[2-9]\d{2}[ .-]\d{4}|[2-9]\d{2}(?<separator>[ .-])[2-9]\d{2}\k<separator>\d{4})(?![\w-]|\.\d)/g;
/** `9 1234 5678`, `(9) 12345678`, `(2) 2345 6789`, `56 9 1234 5678`. */
const CHILEAN =
  /(?<![\w.,+-])(?:56[ -])?(?:\((?:9|2|[3-7]\d)\)[ -]?\d{3,4}[ -]?\d{4}|9[ -]\d{4}[ -]?\d{4}|2[ -]2\d{3}[ -]\d{4})(?![\w-]|[.,]\d)/g;
/** `020 7946 0958`, `06 12 34 56 78`, `030/1234567`. */
const TRUNK_ZERO = /(?<![\w.,:/+-]|\d )\(?0[1-9]\d{0,3}\)?(?:[ ./-]{1,2}\d{2,8}){1,5}(?![\w%]|[-.,:/]\d)/g;
/** Digits right behind a word that announces a phone number. */
const NAMED =
  /(?<![A-Za-z\u00c0-\u024f])(?:tel|tel[eé]fono|telephone|t[eé]l[eé]phone|telefon|phone|fono|fon|fax|mobile|m[oó]vil|celular|cel|cell|handy|whats ?app|wa\.me|sms|call|ll[aá]ma(?:me|r|nos)?)\.?(?:[\s:#.="'()/-]{1,4}(?:number|n[uú]mero|nro|no|nr|is|es|al|a|at|me|us|on|de contacto)(?![A-Za-z\u00c0-\u024f])){0,3}[\s:#.="'()/-]{1,6}(?<value>\+?\(?\d(?:[ .()/-]{0,2}\d){6,14})(?![A-Za-z\u00c0-\u024f\d]|[.,]\d)/dgi;

const DATE = /^\(?(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?!\d)/;
/** `+12.345.678`, `+12345678.90`, `+40.689247`: amounts and coordinates. */
const NUMBER = /^\+ ?(?:\d{1,3}(?:\.\d{3})+|\d+\.\d{1,2}|\d{1,3}\.\d{4,})$/;

/** Phone numbers written as such: with `+`, a national grouping, or a word that announces one. */
export function findPhones(text: string): readonly TextRange[] {
  return [
    ...findMatches(INTERNATIONAL, text, ([found]) => hasDigits(found, 8, 15) && !NUMBER.test(found)),
    ...findMatches(DOUBLE_ZERO, text, ([found]) => hasDigits(found, 10, 17)),
    ...findMatches(NORTH_AMERICAN, text),
    ...findMatches(CHILEAN, text),
    ...findMatches(TRUNK_ZERO, text, ([found]) => hasDigits(found, 9, 11) && !DATE.test(found)),
    ...findMatches(NAMED, text, (match) => isNumberOfAPhone(match.groups?.value ?? '')),
  ];
}

function isNumberOfAPhone(value: string): boolean {
  return hasDigits(value, 7, 15) && !DATE.test(value);
}

function hasDigits(text: string, min: number, max: number): boolean {
  const count = text.replace(/\D/g, '').length;
  return count >= min && count <= max;
}
