import { InvalidArgumentError, Option } from 'commander';
import { describeError } from '../../base/errors.ts';
import { toJsonText, toPrintable } from '../../base/printable.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../migration/verification/criteria.ts';
import { judgeFigures, type Phase, type Verdict } from '../../migration/verification/judge-figures.ts';
import { buildPeriod, type Period } from '../../migration/verification/period.ts';
import { readFigures } from '../../migration/verification/read-figures.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';
import { countFallbackRows } from '../count-fallback-rows.ts';
import { lineWidth } from '../display-width.ts';
import { openStore } from '../open-store.ts';
import { renderTable } from '../render-table.ts';
import { addTargetOptions, resolveTarget, resolveValues, type Target, type TargetOptions } from '../target.ts';

interface VerifyOptions extends TargetOptions {
  readonly phase: Phase;
  readonly days?: number;
  readonly until?: string;
  readonly fallbackRows?: number;
  readonly minTurns: number;
  readonly maxErrorShare: number;
  readonly maxIncompleteShare: number;
  readonly minBothSidesShare: number;
  readonly tokenDiffThreshold: number;
  readonly tokenDiffRatio: number;
  readonly maxTokenDifferences: number;
  readonly maxUnexplained: number;
  readonly minZipMetricsShare: number;
  readonly minInsertSuccess: number;
  readonly maxFallbackShare: number;
  readonly maxNullTokenRise: number;
  readonly json?: true;
}

const DEFAULT_DAYS: Readonly<Record<Phase, number>> = { dual: 7, solid: 7, deprecate: 30 };

export const registerVerify: RegisterCommand = (command, context, finish) => {
  const bounds = DEFAULT_THRESHOLDS;
  addTargetOptions(command)
    .addOption(
      new Option('--phase <name>', 'the step of the migration to be left')
        .choices(['dual', 'solid', 'deprecate'])
        .makeOptionMandatory(),
    )
    .option('--days <n>', 'length of the period (default: 7, for deprecate 30)', count)
    .option('--until <day>', 'last day of the period, YYYY-MM-DD in UTC (default: today)', day)
    .option('--fallback-rows <n>', 'rows that the fallback log holds for the period, where they were counted', count)
    .option('--min-turns <n>', 'turns in the period, at least', count, bounds.minTurns)
    .option('--max-error-share <share>', 'failed turns', share, bounds.maxErrorShare)
    .option('--max-incomplete-share <share>', 'rows that lack a part', share, bounds.maxIncompleteShare)
    .option('--min-both-sides-share <share>', 'turns with a row on both sides', share, bounds.minBothSidesShare)
    .option('--token-diff-threshold <n>', 'tokens below which two counts agree', count, bounds.tokenTolerance.tokens)
    .option('--token-diff-ratio <share>', 'or share below which they do', share, bounds.tokenTolerance.share)
    .option('--max-token-differences <n>', 'unexplained counts beyond both', count, bounds.maxTokenDifferences)
    .option('--max-unexplained <n>', 'unexplained mismatches of any column', count, bounds.maxUnexplained)
    .option('--min-zip-metrics-share <share>', 'ZIP turns with metrics', share, bounds.minZipMetricsShare)
    .option('--min-insert-success <share>', 'rows that reached the table', share, bounds.minInsertSuccess)
    .option('--max-fallback-share <share>', 'rows that went to the fallback', share, bounds.maxFallbackShare)
    .option('--max-null-token-rise <share>', 'more NULL tokens than before', share, bounds.maxNullTokenRise)
    .option('--json', 'the verdict as JSON')
    .action(async (options: VerifyOptions) => finish(await verify(options, context)));
};

async function verify(options: VerifyOptions, context: CliContext): Promise<ExitCode> {
  const today = new Date(context.clock.now()).toISOString().slice(0, 10);
  const period = buildPeriod(options.until ?? today, options.days ?? DEFAULT_DAYS[options.phase]);
  const thresholds: Thresholds = {
    ...options,
    tokenTolerance: { tokens: options.tokenDiffThreshold, share: options.tokenDiffRatio },
  };
  const target = resolveTarget(options, context);
  const store = await openStore(target);
  try {
    const asksForFallback = options.phase !== 'dual' && options.fallbackRows === undefined;
    const fallbackRows = asksForFallback ? await readFallbackRows(target, period, context) : options.fallbackRows;
    const { compareTokens: compares } = resolveValues(options, context);
    const known = { compares, fallbackRows };
    const figures = await readFigures(store.run, store.tables, period, thresholds.tokenTolerance, known);
    const verdict = judgeFigures(options.phase, figures, thresholds);
    await context.stdout.write(options.json ? toJsonText(verdict) : renderVerdict(verdict, lineWidth(context)));
    return verdict.safe ? 0 : 1;
  } finally {
    store.close();
  }
}

/** A log that cannot be read is said, and leaves its criteria unknown. */
async function readFallbackRows(target: Target, period: Period, context: CliContext): Promise<number | undefined> {
  try {
    return await countFallbackRows(target, period);
  } catch (error) {
    const reason = toPrintable(describeError(error));
    await context.stderr.write(
      `the fallback log cannot be read: ${reason} (--fallback-rows gives the number by hand)\n`,
    );
    return undefined;
  }
}

function renderVerdict({ phase, criteria, mismatches, sentence }: Verdict, width: number): string {
  const rows = criteria.map(({ name, status, found, required }) => ({ criterion: name, status, found, required }));
  const shown = mismatches.map((row) => ({
    column: row.field,
    cause: row.cause,
    explained: row.explained ? 'yes' : 'no',
    turns: row.turns,
    'largest difference': row.largestDiff,
  }));
  return [
    renderTable(['criterion', 'status', 'found', 'required'], rows, { width, whole: ['status'] }),
    phase !== 'dual' || shown.length === 0
      ? ''
      : renderTable(['column', 'cause', 'explained', 'turns', 'largest difference'], shown, { width }),
    `${toPrintable(sentence)}\n`,
  ].join('');
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be from 0 to 1.');
  return value;
}

function day(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError('It must be a day, e.g. 2025-06-07.');
  }
  return text;
}
