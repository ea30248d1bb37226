import { ConfigurationError } from '../base/errors.ts';
import { ConfigurationProblems } from './configuration-problems.ts';
import { CONFIG_VARIABLE, findUnknownVariables } from './find-unknown-variables.ts';
import { parserOf } from './parse-setting.ts';
import { InvalidValue, parseOrThrow } from './parse-value.ts';
import { type ConfigFile, readConfigFile } from './read-config-file.ts';
import type { Setting } from './setting.ts';
import type { SettingOptions, SettingValues } from './setting-values.ts';
import { SETTINGS } from './settings.ts';
import type { Environment } from './substitute-variables.ts';

export type SettingSource = 'code' | 'environment' | 'file' | 'default';

export interface ConfigOptions {
  /** Settings given in code: they win over the environment and the file. */
  readonly settings?: SettingOptions | undefined;
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
  /** Environment variables that are ignored because of their names or values, one sentence each. */
  readonly warnings: readonly string[];
  /** What in the file nobody reads and was probably meant for us, one sentence each. */
  readonly nearMisses: readonly string[];
  /** The environment it was read from; a live file may refer to its variables. */
  readonly env: Environment;
  /** `OTEL_SDK_DISABLED=true`: nothing starts. */
  readonly sdkDisabled: boolean;
}

const DEFAULT_CONFIG_FILE = 'config/config.yaml';

/**
 * Settles every setting: code over environment over file over default. The only reader of `process.env`.
 * A bad value in code or in the file is an error; in the environment, as with OpenTelemetry's own variables, it is
 * said and ignored, unless the setting guards content.
 *
 * @throws {ConfigurationError} naming each setting that is wrong, its value and what is allowed
 */
export function resolveConfig(options: ConfigOptions = {}): ResolvedConfig {
  const env = options.env ?? process.env;
  const problems = new ConfigurationProblems();
  const file = problems.attempt(() => findConfigFile(options.configFile, env, problems));
  const inCode = new Map<string, unknown>(Object.entries(options.settings ?? {}));
  const warnings = findUnknownVariables(env);
  const values: Record<string, unknown> = {};
  const sources: Record<string, SettingSource> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    problems.attempt(() => {
      [values[name], sources[name]] = resolveSetting(setting, name, inCode.get(name), env, file?.values, warnings);
    });
  }
  problems.throwIfAny();
  return {
    values: values as unknown as SettingValues,
    sources: sources as Record<keyof SettingValues, SettingSource>,
    configFile: file?.path,
    warnings,
    nearMisses: file?.nearMisses ?? [],
    env,
    sdkDisabled: env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true',
  };
}

function resolveSetting(
  setting: Setting,
  name: string,
  inCode: unknown,
  env: Environment,
  file: ReadonlyMap<string, unknown> | undefined,
  warnings: string[],
): [unknown, SettingSource] {
  const parse = parserOf(setting);
  if (inCode !== undefined) return [parseOrThrow(parse, inCode, `option ${name}`), 'code'];
  for (const variable of setting.env) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const parsed = setting.strict === true ? parseOrThrow(parse, text, variable) : parse(text);
    if (!(parsed instanceof InvalidValue)) return [parsed, 'environment'];
    warnings.push(`${variable} ${parsed.problem}; it is ignored`);
  }
  const inFile = file?.get(setting.key);
  if (inFile !== undefined && inFile !== null) return [parseOrThrow(parse, inFile, setting.key), 'file'];
  return [setting.fallback, 'default'];
}

function findConfigFile(
  option: string | false | undefined,
  env: Environment,
  problems: ConfigurationProblems,
): (ConfigFile & { readonly path: string }) | undefined {
  if (option === false) return undefined;
  const named = option ?? env[CONFIG_VARIABLE];
  const path = named === undefined || named === '' ? DEFAULT_CONFIG_FILE : named;
  const file = readConfigFile(path, env, problems);
  if (file !== undefined) return { path, ...file };
  if (path === named)
    throw new ConfigurationError(
      option === undefined ? CONFIG_VARIABLE : 'configFile',
      `names ${path}, which does not exist`,
    );
  return undefined;
}
