import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { TokenUsage, TurnReading } from '../record/turn-reading.ts';
import { findLastModelEvent } from './build-legacy-record.ts';
import { type Difference, TOKEN_COLUMNS, type TokenColumn } from './compare-records.ts';

/** A way in which a tracker may count tokens otherwise than the token algebra does. */
type Deviation = 'last_model_call' | 'thoughts_left_out' | 'cached_counted_differently';

export interface TokenExplanation {
  /** Deviations joined by `+`, or `usage_missing`. */
  readonly cause: string;
  /** Whether the cause accounts for the difference to the token. */
  readonly explained: boolean;
}

// Fewest first: the simplest explanation that fits to the token is taken.
const HYPOTHESES: readonly (readonly Deviation[])[] = [
  [],
  ['last_model_call'],
  ['thoughts_left_out'],
  ['cached_counted_differently'],
  ['last_model_call', 'thoughts_left_out'],
  ['last_model_call', 'cached_counted_differently'],
  ['thoughts_left_out', 'cached_counted_differently'],
  ['last_model_call', 'thoughts_left_out', 'cached_counted_differently'],
];

const USAGE_KEYS = {
  prompt_token_count: 'prompt',
  candidates_token_count: 'candidates',
  total_token_count: 'total',
  thoughts_token_count: 'thoughts',
  cached_content_token_count: 'cached',
} as const satisfies Record<TokenColumn, keyof TokenUsage>;

/**
 * Looks in the span tree for the way of counting that gives exactly the legacy count. Numbers may coincide by chance,
 * so the five counts of the row are weighed together before one of them is explained.
 *
 * @param legacy the whole legacy row
 * @returns `undefined` where nothing in the tree gives the legacy count, or the solid count is not the tree's own
 */
export function explainTokenDifference(
  difference: Difference & { readonly field: TokenColumn },
  legacy: ConversationRecord,
  reading: TurnReading,
): TokenExplanation | undefined {
  const { field, legacyValue, solidValue } = difference;
  const key = USAGE_KEYS[field];
  const last = findLastModelEvent(reading)?.usage;
  if (solidValue !== reading.usage[key]) return undefined;
  if (solidValue === null) return { cause: 'usage_missing', explained: legacyValue === (last?.[key] ?? null) };
  if (lacksUsage(legacy)) return { cause: 'usage_missing', explained: last === undefined };
  const fits = (column: TokenColumn, count: unknown, hypothesis: readonly Deviation[]): boolean =>
    predict(USAGE_KEYS[column], hypothesis, reading.usage, last).some((predicted) => predicted === count);
  const simplest = (column: TokenColumn, count: unknown, within: readonly Deviation[]) =>
    HYPOTHESES.find((part) => part.every((deviation) => within.includes(deviation)) && fits(column, count, part));
  let best: readonly Deviation[] = [];
  let bestScore = -1;
  for (const hypothesis of HYPOTHESES) {
    const score = TOKEN_COLUMNS.filter((column) => simplest(column, legacy[column], hypothesis) !== undefined).length;
    if (score > bestScore) [best, bestScore] = [hypothesis, score];
  }
  const found = simplest(field, legacyValue, best);
  return found === undefined || found.length === 0 ? undefined : { cause: found.join('+'), explained: true };
}

function lacksUsage(row: ConversationRecord): boolean {
  return row.prompt_token_count === null && row.candidates_token_count === null && row.total_token_count === null;
}

/** Every count that the hypothesis allows for one column. */
function predict(
  key: (typeof USAGE_KEYS)[TokenColumn],
  hypothesis: readonly Deviation[],
  sum: TokenUsage,
  last: TokenUsage | undefined,
): (number | null)[] {
  const usage = hypothesis.includes('last_model_call') ? last : sum;
  if (usage === undefined) return [];
  let counts: (number | null)[] = [usage[key]];
  if (hypothesis.includes('thoughts_left_out') && usage.thoughts !== null) {
    const { thoughts } = usage;
    if (key === 'thoughts') counts = [null, 0];
    if (key === 'total') counts = shift(counts, [-thoughts]);
    // Left out as a count of its own, and so part of the visible output.
    if (key === 'candidates') counts = shift(counts, [thoughts]);
  }
  if (hypothesis.includes('cached_counted_differently') && usage.cached !== null) {
    const { cached } = usage;
    if (key === 'cached') counts = [null, 0];
    // Beside the prompt instead of in it, or counted twice.
    if (key === 'prompt' || key === 'total') counts = shift(counts, [-cached, cached]);
  }
  return counts;
}

function shift(counts: readonly (number | null)[], steps: readonly number[]): (number | null)[] {
  return counts.flatMap((count) => (count === null ? [] : steps.map((step) => count + step)));
}
