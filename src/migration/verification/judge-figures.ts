import {
  bothSides,
  type Criterion,
  completeRows,
  errors,
  fallbackShare,
  insertSuccess,
  type Judge,
  noFallback,
  noLegacyWritten,
  nullTokens,
  solidOnly,
  type Thresholds,
  tokenDifferences,
  turns,
  unexplained,
  wholePeriod,
  zipMetrics,
} from './criteria.ts';
import type { Period } from './period.ts';
import type { MismatchFigures, StoreFigures } from './read-figures.ts';

/** The step of the migration that is to be left: both mappings, the span mapping alone, the legacy code to be deleted. */
export type Phase = 'dual' | 'solid' | 'deprecate';

export interface Verdict {
  readonly phase: Phase;
  readonly period: Period;
  readonly safe: boolean;
  /** Whether it is safe to go on, and what stands in the way. */
  readonly sentence: string;
  readonly criteria: readonly Criterion[];
  readonly mismatches: readonly MismatchFigures[];
}

const NEXT_STEP: Readonly<Record<Phase, string>> = {
  dual: 'switch to solid',
  solid: 'begin the month of solid without fallback',
  deprecate: 'delete the legacy code',
};

/** Judges a phase by what the store holds. Pure. */
export function judgeFigures(phase: Phase, figures: StoreFigures, thresholds: Thresholds): Verdict {
  const criteria = CRITERIA[phase].map((judge) => judge(figures, thresholds));
  const inTheWay = criteria.filter(({ status }) => status !== 'pass');
  const { period } = figures;
  const days = `${period.from} to ${period.to}`;
  const sentence =
    inTheWay.length === 0
      ? `It is safe to ${NEXT_STEP[phase]}: all ${criteria.length} criteria hold for ${figures.now.turns} turns, ${days}.`
      : `It is not safe to ${NEXT_STEP[phase]}: ${inTheWay
          .map(({ name, found, required }) => `${name} (${found}; required: ${required})`)
          .join(', ')}; ${days}.`;
  return { phase, period, safe: inTheWay.length === 0, sentence, criteria, mismatches: figures.mismatches };
}

const CRITERIA: Readonly<Record<Phase, readonly Judge[]>> = {
  dual: [turns, errors, completeRows, bothSides, tokenDifferences, unexplained, zipMetrics],
  solid: [turns, solidOnly, errors, completeRows, insertSuccess, fallbackShare, nullTokens, zipMetrics],
  deprecate: [turns, wholePeriod, noLegacyWritten, insertSuccess, noFallback, nullTokens],
};
