import { createReadStream, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Option } from 'commander';
import { ConfigurationError, describeError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json-value.ts';
import { toJsonLine, toJsonText, toPrintable } from '../../base/printable.ts';
import { resolveContentPolicies } from '../../config/resolve-content-policies.ts';
import type { SettingValues } from '../../config/setting-values.ts';
import type { TableName } from '../../delivery/row-sink.ts';
import { createContentPolicy } from '../../privacy/content-policy.ts';
import { CONVERSATION_LOGS } from '../../record/conversation-columns.ts';
import { readJsonObjects } from '../../replay/read-json-objects.ts';
import { type ReplayCandidate, readCandidates } from '../../replay/replay-candidates.ts';
import { type ReplayBooks, replayRows } from '../../replay/replay-rows.ts';
import { ReplayedKeys } from '../../replay/replayed-keys.ts';
import { LEDGER_TABLES } from '../../store/tables.ts';
import { createCliDiagnostics } from '../cli-diagnostics.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';
import { renderReplayBooks, showProgress } from '../replay-report.ts';
import { openReplaySink } from '../replay-sink.ts';
import { addTargetOptions, resolveTarget, resolveValues, type Target, type TargetOptions } from '../target.ts';

interface ReplayCommandOptions extends TargetOptions {
  readonly outbox?: true;
  readonly cloudLogging?: true;
  readonly otlp?: true;
  readonly filter?: string;
  readonly from?: string;
  readonly to?: string;
  readonly into: TableName;
  readonly again?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

const INTERRUPTED_MILLIS = 5_000;

export const registerReplay: RegisterCommand = (command, context, finish) => {
  addTargetOptions(command)
    .argument('[file...]', 'export of Cloud Logging, lines of standard error, or records; - is standard input')
    .option('--otlp', 'the files are OTLP/JSON: a trace request a file, or one a line')
    .option('--outbox', 'what processes that have ended left in the outbox')
    .option('--cloud-logging', 'the fallback log, read from Cloud Logging')
    .option('--filter <filter>', 'further filter for --cloud-logging, in its own language')
    .option('--from <time>', 'first time for --cloud-logging, RFC 3339')
    .option('--to <time>', 'last time for --cloud-logging, RFC 3339')
    .addOption(
      new Option('--into <table>', 'table of plain records')
        .choices(LEDGER_TABLES.map(({ name }) => name))
        .default(CONVERSATION_LOGS.name),
    )
    .option('--again', 'also rows that an earlier replay stored')
    .option('--dry-run', 'read and check, and store nothing')
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      '\nStores each row once, however often it is run. Interrupt it as you like: the next replay goes on from there.',
    )
    .action(async (files: readonly string[], options: ReplayCommandOptions) => {
      const interrupt = new AbortController();
      const onSignal = (): void => interrupt.abort();
      process.once('SIGINT', onSignal);
      try {
        finish(await replay(files, options, context, interrupt.signal));
      } finally {
        process.off('SIGINT', onSignal);
      }
    });
};

/** Brings rows into the store from wherever they are kept. 0 where every one of them is stored. */
async function replay(
  files: readonly string[],
  options: ReplayCommandOptions,
  context: CliContext,
  interrupt: AbortSignal,
): Promise<ExitCode> {
  const sources = [files.length > 0, options.outbox === true, options.cloudLogging === true].filter(Boolean).length;
  if (sources !== 1) throw new ConfigurationError('replay', 'needs one source: files, --outbox or --cloud-logging');
  const resolved = resolveValues(options, context);
  const values = { ...resolved, outboxPath: resolve(context.cwd, resolved.outboxPath) };
  if (options.outbox !== true) return replaySource(files, options, values, context, interrupt);
  const { replayOutbox } = await import('../replay-outbox.ts');
  return replayOutbox(values, options, context, interrupt);
}

async function replaySource(
  files: readonly string[],
  options: ReplayCommandOptions,
  values: SettingValues,
  context: CliContext,
  interrupt: AbortSignal,
): Promise<ExitCode> {
  const target = resolveTarget(options, context);
  const problems: string[] = [];
  const report = (problem: string): void => void problems.push(problem);
  const candidates =
    options.cloudLogging === true
      ? readCloudLogging(options, values, report)
      : options.otlp === true
        ? readOtlp(files, values, context, report)
        : // Parts of a record may be spread over the files of an export.
          readCandidates(readObjects(files, context, report), options.into, (problem) =>
            report(`the source ${problem}`),
          );
  const keys = await openKeys(options, values, target);
  const sink =
    options.dryRun === true ? undefined : await openReplaySink(target, createCliDiagnostics(values, context), context);
  const stop = (): void => void sink?.shutdown(INTERRUPTED_MILLIS);
  interrupt.addEventListener('abort', stop, { once: true });
  let books: ReplayBooks;
  try {
    books = await replayRows({
      candidates,
      policy: createContentPolicy(resolveContentPolicies(values).records),
      sink,
      replayed: keys,
      report,
      onProgress: showProgress(context),
      interrupt,
    });
  } finally {
    interrupt.removeEventListener('abort', stop);
    await sink?.shutdown(INTERRUPTED_MILLIS);
    keys.close();
  }
  for (const problem of problems) {
    await context.stderr.write(options.json ? toJsonLine({ problem }) : `${toPrintable(problem)}\n`);
  }
  await context.stdout.write(options.json ? toJsonText(books) : renderReplayBooks(books, options.dryRun === true));
  const isWhole = books.finished && problems.length === 0 && books.invalid + books.refused + books.undelivered === 0;
  return isWhole ? 0 : 1;
}

async function* readObjects(
  files: readonly string[],
  context: CliContext,
  report: (problem: string) => void,
): AsyncGenerator<JsonObject> {
  for (const file of files) {
    try {
      const chunks = file === '-' ? context.stdin : createReadStream(resolve(context.cwd, file));
      yield* readJsonObjects(chunks, (problem) => report(`${file} ${problem}`));
    } catch (error) {
      report(`${file} cannot be read: ${describeError(error)}`);
    }
  }
}

async function* readCloudLogging(
  options: ReplayCommandOptions,
  values: SettingValues,
  report: (problem: string) => void,
): AsyncGenerator<ReplayCandidate> {
  const { readFallbackLog } = await import('../../google/cloud-logging.ts');
  const { filter, from, to, project: projectId = values.project } = options;
  const entries = readFallbackLog({ projectId, endpoint: values.fallbackEndpoint, filter, from, to });
  try {
    yield* readCandidates(entries, options.into, (problem) => report(`the fallback log ${problem}`));
  } catch (error) {
    report(`the fallback log cannot be read: ${describeError(error)}`);
  }
}

async function* readOtlp(
  files: readonly string[],
  values: SettingValues,
  context: CliContext,
  report: (problem: string) => void,
): AsyncGenerator<ReplayCandidate> {
  const { readOtlpRows } = await import('../../replay/read-otlp-rows.ts');
  yield* readOtlpRows({
    files,
    values,
    context,
    // What a file holds was exported.
    keepTrace: () => true,
    diagnostics: createCliDiagnostics(values, context),
    clock: context.clock,
    report: (file, problem) => report(`${file} ${problem}`),
  });
}

async function openKeys(options: ReplayCommandOptions, values: SettingValues, target: Target): Promise<ReplayedKeys> {
  const { openTemporary, openWritable } = await import('../../base/open-sqlite.ts');
  const path = join(dirname(values.outboxPath), 'replayed.db');
  const database =
    options.dryRun === true && !existsSync(path) ? openTemporary(0) : openWritable(path, { busyTimeoutMillis: 5_000 });
  const name =
    target.kind === 'sqlite'
      ? `sqlite:${target.path}`
      : `bigquery:${target.projectId ?? ''}.${target.dataset}.${target.table}`;
  return new ReplayedKeys(database, name, options.again === true);
}
