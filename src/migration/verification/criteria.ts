import { countDays } from './period.ts';
import type { StoreFigures } from './read-figures.ts';
import type { TokenTolerance } from './verification-queries.ts';

/** Bounds of the criteria. Shares are 0 to 1. */
export interface Thresholds {
  /** Turns that must be there for the others to say anything. */
  readonly minTurns: number;
  /** Share of turns in which the agent failed. */
  readonly maxErrorShare: number;
  /** Share of turns whose row lacks a part. */
  readonly maxIncompleteShare: number;
  /** Share of turns that have a row on both sides. */
  readonly minBothSidesShare: number;
  readonly tokenTolerance: TokenTolerance;
  /** Token counts beyond the tolerance that no cause explains. */
  readonly maxTokenDifferences: number;
  /** Differences in any column that no cause explains. */
  readonly maxUnexplained: number;
  /** Share of turns with a ZIP that have its metrics. */
  readonly minZipMetricsShare: number;
  readonly minInsertSuccess: number;
  readonly maxFallbackShare: number;
  /** By how much the share of turns without tokens may exceed that of the period before. */
  readonly maxNullTokenRise: number;
}

export const DEFAULT_THRESHOLDS: Thresholds = {
  minTurns: 1,
  maxErrorShare: 0.05,
  maxIncompleteShare: 0.01,
  minBothSidesShare: 0.999,
  tokenTolerance: { tokens: 100, share: 0.05 },
  maxTokenDifferences: 0,
  maxUnexplained: 0,
  minZipMetricsShare: 1,
  minInsertSuccess: 0.999,
  maxFallbackShare: 0.001,
  maxNullTokenRise: 0.01,
};

export interface Criterion {
  readonly name: string;
  /** `unknown`: the store does not say; it stands in the way as a failure does. */
  readonly status: 'pass' | 'fail' | 'unknown';
  readonly found: string;
  readonly required: string;
}

const NO_LOG = 'the fallback log was not read';
const NOT_COMPARED = 'nothing is compared: dual_write.compare_tokens is false';

export type Judge = (figures: StoreFigures, thresholds: Thresholds) => Criterion;

export const turns: Judge = ({ now }, { minTurns }) =>
  judge('turns', now.turns >= minTurns, `${now.turns}`, `at least ${minTurns}`);

export const errors: Judge = ({ now }, { maxErrorShare }) => {
  const share = shareOf(now.failedTurns, now.turns);
  return judge(
    'errors',
    share <= maxErrorShare,
    ratio(now.failedTurns, now.turns),
    `at most ${percent(maxErrorShare)}`,
  );
};

export const completeRows: Judge = ({ now }, { maxIncompleteShare }) => {
  const share = shareOf(now.incompleteTurns, now.turns);
  const found = ratio(now.incompleteTurns, now.turns);
  return judge('incomplete rows', share <= maxIncompleteShare, found, `at most ${percent(maxIncompleteShare)}`);
};

export const bothSides: Judge = ({ onBothSides, onlySolid, onlyLegacy }, { minBothSidesShare }) => {
  const all = onBothSides + onlySolid + onlyLegacy;
  const found = `${ratio(onBothSides, all)}; only legacy ${onlyLegacy}, only solid ${onlySolid}`;
  const holds = all > 0 && shareOf(onBothSides, all) >= minBothSidesShare;
  return judge('both sides persist', holds, found, `at least ${percent(minBothSidesShare)}`);
};

export const tokenDifferences: Judge = ({ mismatches, compares }, { maxTokenDifferences, tokenTolerance }) => {
  const count = sum(mismatches.filter(({ explained }) => !explained).map(({ turnsBeyond }) => turnsBeyond));
  const rule = `below ${percent(tokenTolerance.share)} or below ${tokenTolerance.tokens}`;
  const required = `at most ${maxTokenDifferences} not ${rule}`;
  if (!compares) return notKnown('token differences', required, NOT_COMPARED);
  return judge('token differences', count <= maxTokenDifferences, `${count} unexplained`, required);
};

export const unexplained: Judge = ({ mismatches, compares }, { maxUnexplained }) => {
  if (!compares) return notKnown('unexplained mismatches', `at most ${maxUnexplained}`, NOT_COMPARED);
  const count = sum(mismatches.filter(({ explained }) => !explained).map((row) => row.turns));
  const found = `${count}, beside ${sum(mismatches.map((row) => row.turns)) - count} explained`;
  return judge('unexplained mismatches', count <= maxUnexplained, found, `at most ${maxUnexplained}`);
};

export const zipMetrics: Judge = ({ now }, { minZipMetricsShare }) => {
  const holds = now.zipTurns === 0 || shareOf(now.zipTurnsWithMetrics, now.zipTurns) >= minZipMetricsShare;
  const found = now.zipTurns === 0 ? 'no ZIP was made' : ratio(now.zipTurnsWithMetrics, now.zipTurns);
  return judge('ZIP metrics present', holds, found, `at least ${percent(minZipMetricsShare)}`);
};

export const insertSuccess: Judge = ({ now, fallbackRows }, { minInsertSuccess }) => {
  const required = `at least ${percent(minInsertSuccess)}`;
  if (fallbackRows === undefined) return notKnown('insert success', required, NO_LOG);
  const all = now.turns + fallbackRows;
  const holds = all > 0 && shareOf(now.turns, all) >= minInsertSuccess;
  return judge('insert success', holds, ratio(now.turns, all), required);
};

export const fallbackShare: Judge = ({ now, fallbackRows }, { maxFallbackShare }) => {
  const required = `below ${percent(maxFallbackShare)}`;
  if (fallbackRows === undefined) return notKnown('fallback share', required, NO_LOG);
  const share = shareOf(fallbackRows, now.turns + fallbackRows);
  return judge('fallback share', share < maxFallbackShare, ratio(fallbackRows, now.turns + fallbackRows), required);
};

export const noFallback: Judge = ({ fallbackRows }) =>
  fallbackRows === undefined
    ? notKnown('fallback', 'none', NO_LOG)
    : judge('fallback', fallbackRows === 0, `${fallbackRows} rows`, 'none');

export const nullTokens: Judge = ({ now, before }, { maxNullTokenRise }) => {
  const share = shareOf(now.nullTokenTurns, now.countedTurns);
  const earlier = shareOf(before.nullTokenTurns, before.countedTurns);
  const holds = share - earlier <= maxNullTokenRise;
  const required = `at most ${percent(maxNullTokenRise)} more than before`;
  if (before.countedTurns > 0)
    return judge('NULL tokens', holds, `${percent(share)}, ${percent(earlier)} before`, required);
  // What is within the bound by itself is so whatever was before; beyond it, nobody knows whether it rose.
  const found = `${percent(share)}, no turns before`;
  return holds ? judge('NULL tokens', true, found, required) : notKnown('NULL tokens', required, found);
};

export const solidOnly: Judge = ({ now }) =>
  judge('only solid rows', now.turns === now.solidTurns, `${now.turns - now.solidTurns} legacy rows`, 'none');

export const noLegacyWritten: Judge = ({ now, onBothSides, onlyLegacy }) => {
  const legacyRows = now.turns - now.solidTurns + onBothSides + onlyLegacy;
  return judge('no legacy rows', legacyRows === 0, `${legacyRows}`, 'none');
};

export const wholePeriod: Judge = ({ now, period }) => {
  const days = countDays(period);
  const found = now.firstDay === undefined ? 'no turn' : `first turn ${now.firstDay}, turns on ${now.activeDays} days`;
  return judge('whole period in solid', now.firstDay === period.from, found, `${days} days from ${period.from}`);
};

function judge(name: string, holds: boolean, found: string, required: string): Criterion {
  return { name, status: holds ? 'pass' : 'fail', found, required };
}

function notKnown(name: string, required: string, found: string): Criterion {
  return { name, status: 'unknown', found, required };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function ratio(part: number, whole: number): string {
  return `${part} of ${whole}, ${percent(shareOf(part, whole))}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
