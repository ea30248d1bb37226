import { requirePackage } from '../base/require-package.ts';

/** The nearest of the names, as the rest of a sentence; nothing where a bundle runs without the package that finds it. */
export function suggestName(name: string, known: Iterable<string>): string {
  try {
    const { closest } = requirePackage<typeof import('fastest-levenshtein')>('fastest-levenshtein', 'a suggestion');
    return `; did you mean ${closest(name, [...known])}?`;
  } catch {
    return '';
  }
}

/** The one of the names that somebody has mistyped by a letter or two. */
export function findMistyped(name: string, known: readonly string[]): string | undefined {
  try {
    const { distance } = requirePackage<typeof import('fastest-levenshtein')>('fastest-levenshtein', 'a suggestion');
    return known.find((each) => each !== name && distance(name.toLowerCase(), each) <= Math.min(3, each.length / 4));
  } catch {
    return undefined;
  }
}
