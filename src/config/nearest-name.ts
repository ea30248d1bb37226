import { requirePackage } from '../base/require-package.ts';

/** What the user may have meant, to follow a sentence; empty where a bundle runs without the package that knows. */
export function suggest(name: string, known: readonly string[]): string {
  const nearest = levenshtein()?.closest(name, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Whether a name is the other with a slip: one letter in four, and one at least. */
export function isNear(name: string, other: string): boolean {
  const slips = Math.max(1, Math.floor(other.length / 4));
  // Most names are told apart by their length alone.
  if (Math.abs(name.length - other.length) > slips) return false;
  return name === other || (levenshtein()?.distance(name, other) ?? Number.POSITIVE_INFINITY) <= slips;
}

function levenshtein(): typeof import('fastest-levenshtein') | undefined {
  try {
    return requirePackage<typeof import('fastest-levenshtein')>('fastest-levenshtein', 'a suggestion');
  } catch {
    // A bundle without the package still says what is wrong.
    return undefined;
  }
}
