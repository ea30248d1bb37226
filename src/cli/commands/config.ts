import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { ConfigurationError } from '../../base/errors.ts';
import { toJsonText, toPrintable } from '../../base/printable.ts';
import { renderConfigSchema } from '../../config/config-schema.ts';
import { ConfigurationProblems } from '../../config/configuration-problems.ts';
import { KEYS, SECTIONS } from '../../config/file-keys.ts';
import { suggest } from '../../config/nearest-name.ts';
import { parserOf } from '../../config/parse-setting.ts';
import { parseOrThrow } from '../../config/parse-value.ts';
import { renderConfigFile } from '../../config/render-config-file.ts';
import { resolveConfig } from '../../config/resolve-config.ts';
import { SETTINGS } from '../../config/settings.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';

interface ConfigCommandOptions {
  readonly set: readonly string[];
  readonly write?: string;
  readonly schema?: true;
  readonly check?: string | true;
  readonly json?: true;
}

const SCHEMA_FILE = 'node_modules/spanledger/config.schema.json';
const USUAL_FILE = 'config/config.yaml';

export const registerConfig: RegisterCommand = (command, context, finish) => {
  command
    .option('--set <key=value>', 'a setting that is not to stay a comment; as often as needed', append, [])
    .option('--write <file>', 'write the configuration to a new file (default: standard output)')
    .option('--schema', 'print the JSON Schema of the file, for editors')
    .option('--check [file]', 'report everything that is wrong with a configuration (default: the one that is used)')
    .option('--json', 'the result of --check as JSON')
    .addHelpText(
      'after',
      '\nKeys are those of the README; analytics.conversation_tracking may be left out. Exit code 2 where --check finds an error.',
    )
    .action(async (options: ConfigCommandOptions) => finish(await config(options, context)));
};

async function config(options: ConfigCommandOptions, context: CliContext): Promise<ExitCode> {
  if (options.check !== undefined) return check(options, context);
  if (options.schema === true) {
    await context.stdout.write(toJsonText(renderConfigSchema()));
    return 0;
  }
  const path = resolve(context.cwd, options.write ?? USUAL_FILE);
  const schema = relative(dirname(path), resolve(context.cwd, SCHEMA_FILE)).replaceAll('\\', '/');
  const text = renderConfigFile(parseChosen(options.set), schema);
  if (options.write === undefined) await context.stdout.write(text);
  else writeNew(path, text);
  return 0;
}

function writeNew(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new ConfigurationError('--write', `names ${path}, which is there already and stays as it is`);
  }
}

/** @throws {ConfigurationError} naming each that is no setting or has a value that is not allowed */
function parseChosen(pairs: readonly string[]): ReadonlyMap<string, unknown> {
  const problems = new ConfigurationProblems();
  const chosen = new Map<string, unknown>();
  for (const pair of pairs) {
    const [name = '', ...rest] = pair.split('=');
    problems.attempt(() => {
      const key = KEYS.has(name) ? name : `${SECTIONS[0]}.${name}`;
      const setting = Object.values(SETTINGS).find((each) => each.key === key);
      if (setting === undefined) throw new ConfigurationError(name, `is not a setting${suggest(key, [...KEYS])}`);
      const value: unknown = parse(rest.join('='));
      parseOrThrow(parserOf(setting), value, key);
      chosen.set(key, value);
    });
  }
  problems.throwIfAny();
  return chosen;
}

/** As an agent would start with it. */
async function check(
  { check: file, json }: ConfigCommandOptions,
  { cwd, env, stdout, stderr }: CliContext,
): Promise<ExitCode> {
  const findings: Record<'errors' | 'warnings', string[]> = { errors: [], warnings: [] };
  let name: string | undefined;
  try {
    const configFile = typeof file === 'string' ? resolve(cwd, file) : undefined;
    const resolved = resolveConfig({ env, configFile });
    name = resolved.configFile;
    findings.errors.push(...resolved.nearMisses);
    findings.warnings.push(...resolved.warnings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    findings.errors.push(...error.problems.map(({ key, problem }) => `${key} ${problem}`));
  }
  const { errors, warnings } = findings;
  if (json) {
    await stdout.write(toJsonText(findings));
  } else {
    const lines = [...errors.map((each) => `error: ${each}`), ...warnings.map((each) => `warning: ${each}`)];
    await stderr.write(lines.map((line) => `${toPrintable(line)}\n`).join(''));
    if (errors.length === 0) await stdout.write(`${name ?? 'no file; environment and defaults'}: no errors\n`);
  }
  return errors.length === 0 ? 0 : 2;
}

function append(pair: string, pairs: readonly string[]): readonly string[] {
  return [...pairs, pair];
}
