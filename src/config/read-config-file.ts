import { readFileSync } from 'node:fs';
import { ConfigurationError, describeError, throwProblems } from '../base/errors.ts';
import { isObject, propertyAt } from '../base/json-value.ts';
import { requirePackage } from '../base/require-package.ts';
import { SETTINGS } from './settings.ts';
import { type Environment, substituteVariables } from './substitute-variables.ts';
import { findMistyped, suggestName } from './suggest-name.ts';

/** The package's own parts of the file. Everything else in it is the application's. */
const SECTIONS: readonly (readonly string[])[] = [['analytics', 'conversation_tracking'], ['traces']];

/** What a file says, by the settings' keys and as written, and what is wrong with it. */
export interface ConfigFile {
  readonly values: ReadonlyMap<string, unknown>;
  /** Unknown keys, and `${VARIABLE}`s that are not set. */
  readonly problems: readonly ConfigurationError[];
  /** Sections of the application that may be ours, mistyped. */
  readonly warnings: readonly string[];
}

/**
 * Reads the settings in a YAML (or JSON) file.
 *
 * @param path absolute, or from the working directory
 * @param env for `${VARIABLE}`s in the file
 * @returns `undefined` where there is no such file
 * @throws {ConfigurationError} on a file that cannot be read, or is not valid YAML
 */
export function readConfigFile(path: string, env: Environment): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigurationError(path, `cannot be read: ${describeError(error)}`, { cause: error });
  }
  return inspectConfigFile(path, text, env);
}

/**
 * The values of a text that was read from the file already.
 *
 * @throws {ConfigurationError} where anything is wrong with it
 */
export function parseConfigFile(path: string, text: string, env: Environment): ReadonlyMap<string, unknown> {
  const { values, problems } = inspectConfigFile(path, text, env);
  throwProblems(problems);
  return values;
}

function inspectConfigFile(path: string, text: string, env: Environment): ConfigFile {
  const document = parseYaml(path, text.replace(/^\uFEFF/, ''));
  const values = new Map<string, unknown>();
  const problems: ConfigurationError[] = [];
  for (const section of SECTIONS) collect(propertyAt(document, ...section), section.join('.'), values, problems, path);
  for (const [key, value] of values) {
    try {
      values.set(key, substituteVariables(value, env, key));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(error);
      values.delete(key);
    }
  }
  return { values, problems, warnings: findMistypedSections(document, path) };
}

/** The file is the application's as well, so that a name near to ours is told where ours is missing, and is no error. */
function findMistypedSections(document: unknown, path: string): string[] {
  return SECTIONS.flatMap((section) => {
    const depth = section.findIndex((_, index) => propertyAt(document, ...section.slice(0, index + 1)) === undefined);
    const [above, missing] = [section.slice(0, depth), section[depth]];
    const mapping = depth < 0 ? undefined : propertyAt(document, ...above);
    if (missing === undefined || !isObject(mapping)) return [];
    const names = Object.keys(mapping).filter((name) => findMistyped(name, [missing]) !== undefined);
    return names.map(
      (name) => `${path}: ${[...above, name].join('.')} is no section of spanledger's; did you mean ${missing}?`,
    );
  });
}

function parseYaml(path: string, text: string): unknown {
  const { parse } = requirePackage<typeof import('yaml')>('yaml', 'reading the configuration file');
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigurationError(path, `is not valid YAML: ${describeError(error).trim()}`, { cause: error });
  }
}

function collect(
  value: unknown,
  prefix: string,
  values: Map<string, unknown>,
  problems: ConfigurationError[],
  path: string,
): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) {
    problems.push(new ConfigurationError(`${path}: ${prefix}`, 'is no mapping; allowed: a mapping of settings'));
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    const key = `${prefix}.${name}`;
    if (KEYS.has(key)) values.set(key, item);
    else if (PREFIXES.has(key)) collect(item, key, values, problems, path);
    else
      problems.push(
        new ConfigurationError(`${path}: ${key}`, `is not a setting${suggestName(key, [...KEYS, ...PREFIXES])}`),
      );
  }
}

const KEYS = new Set<string>(Object.values(SETTINGS).map(({ key }) => key));

/** Every mapping above a setting: `a.b` for `a.b.c`. */
const PREFIXES = new Set(
  [...KEYS].flatMap((key) => key.split('.').map((_, depth, parts) => parts.slice(0, depth).join('.'))),
);
