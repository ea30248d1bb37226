import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { ConfigurationError } from '../../base/errors.ts';
import { toJsonText, toPrintable } from '../../base/printable.ts';
import { type ResolvedConfig, resolveConfig } from '../../config/resolve-config.ts';
import { usesBigQuery } from '../../config/uses-bigquery.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';
import { type Check, failed, ok, skipped, warning } from '../doctor/check.ts';
import { checkGoogle } from '../doctor/check-google.ts';
import { checkLocalStore, checkOutbox } from '../doctor/check-local.ts';
import { checkRuntime } from '../doctor/check-runtime.ts';
import { type DescribedSetting, describeSettings } from '../doctor/describe-settings.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly offline?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
}

const DEFAULT_TIMEOUT_SECONDS = 5;

export const registerDoctor: RegisterCommand = (command, context, finish) => {
  command
    .option('--config <file>', 'configuration file (default: $SPANLEDGER_CONFIG, else config/config.yaml)')
    .option('--offline', 'ask nobody on the network')
    .option('--timeout <seconds>', 'for each question on the network', seconds, DEFAULT_TIMEOUT_SECONDS)
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      '\nChanges nothing. Exit code 1 where a check has failed; warnings and skipped checks do not count.',
    )
    .action(async (options: DoctorOptions) => finish(await runDoctor(options, context)));
};

/** Looks at the set-up from the configuration to the permission to insert, and says what to do. */
async function runDoctor(options: DoctorOptions, context: CliContext): Promise<ExitCode> {
  const [checks, settings] = await examine(options, context);
  await context.stdout.write(options.json ? toJsonText({ checks, settings }) : render(checks, settings));
  return checks.some(({ status }) => status === 'failed') ? 1 : 0;
}

async function examine(
  options: DoctorOptions,
  context: CliContext,
): Promise<readonly [checks: readonly Check[], settings: readonly DescribedSetting[]]> {
  const runtime = checkRuntime(context.cwd);
  let config: ResolvedConfig;
  try {
    config = resolveConfig({
      env: context.env,
      ...(options.config !== undefined && { configFile: resolve(context.cwd, options.config) }),
    });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const advice = 'correct the setting; the agent runs without rows until then';
    const problems = error.problems.map(({ key, problem }) => failed('Configuration', `${key} ${problem}`, advice));
    return [[...runtime, ...problems], []];
  }
  const nearMisses = config.nearMisses.map((miss) =>
    failed('Configuration', miss, 'correct the name; what is below it has no effect until then'),
  );
  const checks = [...runtime, ...nearMisses, checkConfig(config), ...(await checkStore(options, context, config))];
  return [checks, describeSettings(config)];
}

function checkConfig({ warnings, configFile, sdkDisabled, values }: ResolvedConfig): Check {
  const name = 'Configuration';
  if (sdkDisabled) return warning(name, 'OTEL_SDK_DISABLED is true', 'nothing is traced or written until it is unset');
  if (!values.enabled) return warning(name, 'rows are switched off', 'set conversation_tracking.enabled to true');
  if (warnings.length > 0) return failed(name, warnings.join('; '), 'correct it: what is ignored does nothing');
  return ok(name, configFile ?? 'no file; environment and defaults');
}

async function checkStore(
  { offline = false, timeout = DEFAULT_TIMEOUT_SECONDS }: DoctorOptions,
  context: CliContext,
  { values }: ResolvedConfig,
): Promise<readonly Check[]> {
  const local = resolve(context.cwd, values.localPath);
  if (!usesBigQuery(values)) {
    return [
      await checkLocalStore(local),
      skipped('Outbox', 'rows go to the local store'),
      skipped('BigQuery', 'no project is set: rows stay on this machine'),
    ];
  }
  const nowMillis = context.clock.now();
  const google = await checkGoogle({ values, env: context.env, nowMillis, timeoutMillis: timeout * 1_000, offline });
  return [await checkOutbox(values, context.cwd, nowMillis), ...google];
}

const MARKS: Readonly<Record<Check['status'], string>> = {
  ok: 'ok     ',
  warning: 'warning',
  failed: 'FAILED ',
  skipped: 'skipped',
};

function render(checks: readonly Check[], settings: readonly DescribedSetting[]): string {
  const lines = checks.flatMap(({ name, status, detail, advice }) => [
    `${MARKS[status]}  ${name}: ${detail}`,
    ...(advice === undefined ? [] : [`         → ${advice}`]),
  ]);
  const width = Math.max(0, ...settings.map(({ key }) => key.length));
  const shown = settings.map(({ key, value, source }) => `  ${key.padEnd(width)}  ${value}  (${source})`);
  const all = settings.length === 0 ? lines : [...lines, '', 'Settings', ...shown];
  return all.map((line) => `${toPrintable(line)}\n`).join('');
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 600) return value;
  throw new InvalidArgumentError('Allowed: a number of seconds up to 600.');
}
