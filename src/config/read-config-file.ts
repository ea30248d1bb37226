import { readFileSync } from 'node:fs';
import { ConfigurationError, describeError } from '../base/errors.ts';
import { isObject, propertyAt } from '../base/json-value.ts';
import { requirePackage } from '../base/require-package.ts';
import { SETTINGS } from './settings.ts';
import { type Environment, substituteVariables } from './substitute-variables.ts';

/** The package's own parts of the file. Everything else in it is the application's. */
const SECTIONS: readonly (readonly string[])[] = [['analytics', 'conversation_tracking'], ['traces']];

/**
 * Reads the settings in a YAML (or JSON) file.
 *
 * @param path absolute, or from the working directory
 * @param env for `${VARIABLE}`s in the file
 * @returns values as written, by the setting's key; `undefined` where there is no such file
 * @throws {ConfigurationError} on a file that is not valid YAML, an unknown key or an unset `${VARIABLE}`
 */
export function readConfigFile(path: string, env: Environment): ReadonlyMap<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigurationError(path, `cannot be read: ${describeError(error)}`, { cause: error });
  }
  return parseConfigFile(path, text, env);
}

/** As {@link readConfigFile}, of a text that was read from the file already. */
export function parseConfigFile(path: string, text: string, env: Environment): ReadonlyMap<string, unknown> {
  const document = parseYaml(path, text.replace(/^\uFEFF/, ''));
  const values = new Map<string, unknown>();
  for (const section of SECTIONS) collect(propertyAt(document, ...section), section.join('.'), values, path);
  for (const [key, value] of values) values.set(key, substituteVariables(value, env, key));
  return values;
}

function parseYaml(path: string, text: string): unknown {
  const { parse } = requirePackage<typeof import('yaml')>('yaml', 'reading the configuration file');
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigurationError(path, `is not valid YAML: ${describeError(error).trim()}`, { cause: error });
  }
}

function collect(value: unknown, prefix: string, values: Map<string, unknown>, path: string): void {
  if (value === undefined || value === null) return;
  if (!isObject(value))
    throw new ConfigurationError(`${path}: ${prefix}`, 'is no mapping; allowed: a mapping of settings');
  for (const [name, item] of Object.entries(value)) {
    const key = `${prefix}.${name}`;
    if (KEYS.has(key)) values.set(key, item);
    else if (PREFIXES.has(key)) collect(item, key, values, path);
    else throw new ConfigurationError(`${path}: ${key}`, `is not a setting${suggestion(key)}`);
  }
}

const KEYS = new Set<string>(Object.values(SETTINGS).map(({ key }) => key));

/** Every mapping above a setting: `a.b` for `a.b.c`. */
const PREFIXES = new Set(
  [...KEYS].flatMap((key) => key.split('.').map((_, depth, parts) => parts.slice(0, depth).join('.'))),
);

function suggestion(key: string): string {
  try {
    const { closest } = requirePackage<typeof import('fastest-levenshtein')>('fastest-levenshtein', 'a suggestion');
    return `; did you mean ${closest(key, [...KEYS, ...PREFIXES])}?`;
  } catch {
    // A bundle without the package still says what is wrong.
    return '';
  }
}
