import type { RunQuery, StoreTables } from '../../delivery/store-reader.ts';
import { type Period, previousPeriod } from './period.ts';
import {
  renderMismatchQuery,
  renderSidesQuery,
  renderTurnsQuery,
  type TokenTolerance,
} from './verification-queries.ts';

/** What the turns of a period look like. */
export interface TurnFigures {
  readonly turns: number;
  /** Written by the span mapping; the others by the legacy mapping. */
  readonly solidTurns: number;
  readonly failedTurns: number;
  readonly incompleteTurns: number;
  /** Turns with model calls, as far as the row says; failed ones only where they have a token count. */
  readonly countedTurns: number;
  /** Of these, turns without a token count. */
  readonly nullTokenTurns: number;
  /** Of the span mapping's turns, those with a ZIP. */
  readonly zipTurns: number;
  readonly zipTurnsWithMetrics: number;
  /** Days with at least one turn. */
  readonly activeDays: number;
  /** `YYYY-MM-DD`; `undefined` without turns. */
  readonly firstDay: string | undefined;
}

export interface MismatchFigures {
  readonly field: string;
  readonly cause: string;
  readonly explained: boolean;
  readonly turns: number;
  readonly largestDiff: number | null;
  /** Of the turns, those whose token counts are further apart than the tolerance. */
  readonly turnsBeyond: number;
}

/** Everything that the criteria are judged by. */
export interface StoreFigures {
  readonly period: Period;
  readonly now: TurnFigures;
  readonly before: TurnFigures;
  readonly onBothSides: number;
  readonly onlySolid: number;
  readonly onlyLegacy: number;
  /** None is no sign of agreement where nothing is compared. */
  readonly mismatches: readonly MismatchFigures[];
  /** Whether `dual` compares the two rows of a turn, by the configuration of today. */
  readonly compares: boolean;
  /** Rows that went to the fallback in the period; `undefined` where that is not known. */
  readonly fallbackRows: number | undefined;
}

export async function readFigures(
  run: RunQuery,
  tables: StoreTables,
  period: Period,
  tolerance: TokenTolerance,
  known: Pick<StoreFigures, 'compares' | 'fallbackRows'>,
): Promise<StoreFigures> {
  const now = readTurns(await run(renderTurnsQuery(tables, period)));
  const before = readTurns(await run(renderTurnsQuery(tables, previousPeriod(period))));
  const [sides = {}] = await run(renderSidesQuery(tables, period));
  const mismatches = await run(renderMismatchQuery(tables, period, tolerance));
  return {
    period,
    now,
    before,
    onBothSides: readCount(sides.on_both_sides),
    onlySolid: readCount(sides.only_solid),
    onlyLegacy: readCount(sides.only_legacy),
    mismatches: mismatches.map((row) => ({
      field: String(row.field),
      cause: row.cause === null || row.cause === undefined ? 'unknown' : String(row.cause),
      explained: row.explained === true || row.explained === 1,
      turns: readCount(row.turns),
      largestDiff: row.largest_diff === null || row.largest_diff === undefined ? null : readCount(row.largest_diff),
      turnsBeyond: readCount(row.turns_beyond),
    })),
    ...known,
  };
}

function readTurns([row = {}]: readonly Readonly<Record<string, unknown>>[]): TurnFigures {
  return {
    turns: readCount(row.turns),
    solidTurns: readCount(row.solid_turns),
    failedTurns: readCount(row.failed_turns),
    incompleteTurns: readCount(row.incomplete_turns),
    countedTurns: readCount(row.counted_turns),
    nullTokenTurns: readCount(row.null_token_turns),
    zipTurns: readCount(row.zip_turns),
    zipTurnsWithMetrics: readCount(row.zip_turns_with_metrics),
    activeDays: readCount(row.active_days),
    firstDay: typeof row.first_day === 'string' ? row.first_day : undefined,
  };
}

function readCount(value: unknown): number {
  const count = Number(value);
  return Number.isFinite(count) ? count : 0;
}
