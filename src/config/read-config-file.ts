import { readFileSync } from 'node:fs';
import { ConfigurationError, describeError } from '../base/errors.ts';
import { isObject, propertyAt } from '../base/json-value.ts';
import { requirePackage } from '../base/require-package.ts';
import { ConfigurationProblems } from './configuration-problems.ts';
import { KEYS, PREFIXES, SECTIONS } from './file-keys.ts';
import { findNearMisses } from './find-near-misses.ts';
import { suggest } from './nearest-name.ts';
import { type Environment, substituteVariables } from './substitute-variables.ts';

export interface ConfigFile {
  /** Values as written, by the setting's key. */
  readonly values: ReadonlyMap<string, unknown>;
  /** What nobody reads and was probably meant for us, one sentence each. */
  readonly nearMisses: readonly string[];
}

/**
 * Reads the settings in a YAML (or JSON) file.
 *
 * @param path absolute, or from the working directory
 * @param env for `${VARIABLE}`s in the file
 * @param problems takes unknown keys and unset `${VARIABLE}`s; the rest of the file is read all the same
 * @returns `undefined` where there is no such file
 * @throws {ConfigurationError} on a file that cannot be read or is not valid YAML
 */
export function readConfigFile(
  path: string,
  env: Environment,
  problems: ConfigurationProblems,
): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigurationError(path, `cannot be read: ${describeError(error)}`, { cause: error });
  }
  return collectAll(path, text, env, problems);
}

/**
 * As {@link readConfigFile}, of a text that was read from the file already.
 *
 * @throws {ConfigurationError} on anything that is wrong with it
 */
export function parseConfigFile(path: string, text: string, env: Environment): ConfigFile {
  const problems = new ConfigurationProblems();
  const file = collectAll(path, text, env, problems);
  problems.throwIfAny();
  return file;
}

function collectAll(path: string, text: string, env: Environment, problems: ConfigurationProblems): ConfigFile {
  const document = parseYaml(path, text.replace(/^\uFEFF/, ''));
  const values = new Map<string, unknown>();
  const collect = (value: unknown, prefix: string): void => {
    if (value === undefined || value === null) return;
    if (!isObject(value))
      throw new ConfigurationError(`${path}: ${prefix}`, 'is no mapping; allowed: a mapping of settings');
    for (const [name, item] of Object.entries(value)) {
      const key = `${prefix}.${name}`;
      problems.attempt(() => {
        if (KEYS.has(key)) values.set(key, substituteVariables(item, env, key));
        else if (PREFIXES.has(key)) collect(item, key);
        else throw new ConfigurationError(`${path}: ${key}`, `is not a setting${suggest(key, [...KEYS, ...PREFIXES])}`);
      });
    }
  };
  for (const section of SECTIONS) {
    problems.attempt(() => collect(propertyAt(document, ...section.split('.')), section));
  }
  return { values, nearMisses: findNearMisses(document).map((miss) => `${path}: ${miss}`) };
}

function parseYaml(path: string, text: string): unknown {
  const { parse } = requirePackage<typeof import('yaml')>('yaml', 'reading the configuration file');
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigurationError(path, `is not valid YAML: ${describeError(error).trim()}`, { cause: error });
  }
}
