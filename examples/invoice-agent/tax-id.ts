/** Chilean tax ids (RUT): a number and a check digit, e.g. `76123456-0`. */

export function formatTaxId(number: number): string {
  return `${number}-${checkDigit(number)}`;
}

/** @returns the id without dots and in upper case, or `undefined` where its form or its check digit is wrong */
export function parseTaxId(text: string): string | undefined {
  const [, digits, check] = /^(\d{7,8})-([\dK])$/.exec(text.replaceAll('.', '').toUpperCase()) ?? [];
  return digits !== undefined && check === checkDigit(Number(digits)) ? `${digits}-${check}` : undefined;
}

/** Modulo 11 with the weights 2 to 7, from the right. */
function checkDigit(number: number): string {
  let sum = 0;
  for (const [index, digit] of [...String(number)].reverse().entries()) sum += Number(digit) * (2 + (index % 6));
  const rest = 11 - (sum % 11);
  return rest === 11 ? '0' : rest === 10 ? 'K' : String(rest);
}
