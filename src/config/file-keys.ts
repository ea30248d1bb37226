import { SETTINGS } from './settings.ts';

/** The package's own parts of the file. Everything else in it is the application's. */
export const SECTIONS: readonly string[] = ['analytics.conversation_tracking', 'traces'];

/** Every setting, by its place in the file. */
export const KEYS: ReadonlySet<string> = new Set<string>(Object.values(SETTINGS).map(({ key }) => key));

/** Every mapping above a setting: `a` and `a.b` for `a.b.c`. */
export const PREFIXES: ReadonlySet<string> = new Set(
  [...KEYS].flatMap((key) =>
    key
      .split('.')
      .map((_, depth, parts) => parts.slice(0, depth).join('.'))
      .filter((prefix) => prefix !== ''),
  ),
);

/** The names right below a mapping. */
export function namesBelow(prefix: string): readonly string[] {
  const below = [...KEYS, ...PREFIXES].filter((key) => key.startsWith(`${prefix}.`));
  return [
    ...new Set(
      below.map((key) =>
        key
          .slice(prefix.length + 1)
          .split('.', 1)
          .join(),
      ),
    ),
  ];
}
