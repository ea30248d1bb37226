import { ConfigurationError, throwProblems } from '../base/errors.ts';
import { parserOf } from './parse-setting.ts';
import { InvalidValue } from './parse-value.ts';
import { type ConfigFile, readConfigFile } from './read-config-file.ts';
import type { Setting } from './setting.ts';
import type { SettingValues } from './setting-values.ts';
import { SETTINGS } from './settings.ts';
import type { Environment } from './substitute-variables.ts';
import { suggestName } from './suggest-name.ts';

export type SettingSource = 'code' | 'environment' | 'file' | 'default';

export interface ConfigOptions {
  /** Settings given in code: they win over the environment and the file. */
  readonly settings?: Partial<SettingValues> | undefined;
  /**
   * The YAML file. Default: the variable `SPANLEDGER_CONFIG`, else `config/config.yaml` if there is one.
   * `false`: no file.
   */
  readonly configFile?: string | false | undefined;
  /** Default: `process.env`. */
  readonly env?: Environment | undefined;
}

export interface ResolvedConfig {
  readonly values: SettingValues;
  /** Where each value came from. */
  readonly sources: Readonly<Record<keyof SettingValues, SettingSource>>;
  /** The file that was read. */
  readonly configFile: string | undefined;
  /** Variables that were ignored, and sections of the file that may be mistyped, one sentence each. */
  readonly warnings: readonly string[];
  /** The environment it was read from; a live file may refer to its variables. */
  readonly env: Environment;
  /** `OTEL_SDK_DISABLED=true`: nothing starts. */
  readonly sdkDisabled: boolean;
}

const CONFIG_VARIABLE = 'SPANLEDGER_CONFIG';
const DEFAULT_CONFIG_FILE = 'config/config.yaml';

/**
 * Settles every setting: code over environment over file over default. The only reader of `process.env`.
 * A bad value in code or in the file is an error; in the environment, as with OpenTelemetry's own variables, it is
 * said and ignored, unless the setting guards content.
 *
 * @throws {ConfigurationError} naming each setting that cannot be used, its value and what is allowed
 */
export function resolveConfig(options: ConfigOptions = {}): ResolvedConfig {
  const env = options.env ?? process.env;
  const file = findConfigFile(options.configFile, env);
  const inCode = new Map<string, unknown>(Object.entries(options.settings ?? {}));
  const problems = [...(file?.problems ?? [])];
  const warnings = [...(file?.warnings ?? []), ...findUnknownVariables(env)];
  const values: Record<string, unknown> = {};
  const sources: Record<string, SettingSource> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const found = findValue(setting, name, inCode.get(name), env, file?.values, warnings);
    if (found instanceof ConfigurationError) problems.push(found);
    else [values[name], sources[name]] = found;
  }
  throwProblems(problems);
  return {
    values: values as unknown as SettingValues,
    sources: sources as Record<keyof SettingValues, SettingSource>,
    configFile: file?.path,
    warnings,
    env,
    sdkDisabled: env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true',
  };
}

/** A variable that nobody reads is a mistake: its name is ours. */
function findUnknownVariables(env: Environment): string[] {
  const known = new Set([CONFIG_VARIABLE, ...Object.values(SETTINGS).flatMap((setting: Setting) => setting.env)]);
  return Object.keys(env)
    .filter((name) => name.startsWith('SPANLEDGER_') && !known.has(name))
    .map((name) => `${name} is no variable of spanledger's${suggestName(name, known)}`);
}

function findValue(
  setting: Setting,
  name: string,
  inCode: unknown,
  env: Environment,
  file: ReadonlyMap<string, unknown> | undefined,
  warnings: string[],
): [unknown, SettingSource] | ConfigurationError {
  const parse = parserOf(setting);
  const take = (value: unknown, key: string, source: SettingSource): [unknown, SettingSource] | ConfigurationError => {
    const parsed = parse(value);
    return parsed instanceof InvalidValue ? new ConfigurationError(key, parsed.problem) : [parsed, source];
  };
  if (inCode !== undefined) return take(inCode, `option ${name}`, 'code');
  for (const variable of setting.env) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const taken = take(text, variable, 'environment');
    if (setting.strict === true || !(taken instanceof ConfigurationError)) return taken;
    warnings.push(`${taken.message}; it is ignored`);
  }
  const inFile = file?.get(setting.key);
  if (inFile !== undefined && inFile !== null) return take(inFile, setting.key, 'file');
  return [setting.fallback, 'default'];
}

function findConfigFile(
  option: string | false | undefined,
  env: Environment,
): (ConfigFile & { readonly path: string }) | undefined {
  if (option === false) return undefined;
  const named = option ?? env[CONFIG_VARIABLE];
  const path = named === undefined || named === '' ? DEFAULT_CONFIG_FILE : named;
  const file = readConfigFile(path, env);
  if (file !== undefined) return { path, ...file };
  if (path === named)
    throw new ConfigurationError(
      option === undefined ? CONFIG_VARIABLE : 'configFile',
      `names ${path}, which does not exist`,
    );
  return undefined;
}
