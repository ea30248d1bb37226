import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import { type Difference, isTokenColumn, type TokenColumn } from './compare-records.ts';
import { explainTokenDifference } from './explain-token-difference.ts';
import { zipArrivedLate } from './zip-arrived-late.ts';

/**
 * Why two mappings of one turn differ in a column:
 * `last_model_call` legacy counted the last of several model calls; `thoughts_left_out` one side leaves reasoning out
 * of the count; `cached_counted_differently` cached tokens are in the count on one side and not, or twice, on the
 * other; these three joined by `+` where they act together; `usage_missing` one side has no usage;
 * `zip_late` the ZIP was finished after the answer; `text_differs`; `legacy_rule` another rule of the old tracker;
 * `unknown`.
 */
export interface MismatchCause {
  readonly cause: string;
  /** True only where the cause, read from the span tree, gives exactly the legacy value. */
  readonly explained: boolean;
}

const TEXT_COLUMNS = new Set<string>([
  'user_question',
  'agent_response',
  'response_summary',
  'raw_mcp_response',
  'user_question_length',
  'user_question_word_count',
  'agent_response_length',
  'agent_response_word_count',
]);

const UNKNOWN: MismatchCause = { cause: 'unknown', explained: false };

/**
 * Finds the cause of each difference in the turn itself. Pure.
 *
 * @param legacy the legacy row as it was compared
 * @param byLegacyRules what the old tracker's rules give on this very turn: a legacy row from elsewhere is measured by it
 * @returns one cause per difference, in their order
 */
export function findMismatchCauses(
  differences: readonly Difference[],
  legacy: ConversationRecord,
  byLegacyRules: ConversationRecord,
  reading: TurnReading,
): MismatchCause[] {
  return differences.map((difference) => {
    if (isTokenDifference(difference)) return explainTokenDifference(difference, legacy, reading) ?? UNKNOWN;
    const { field, legacyValue } = difference;
    const explained = isEqualJson(legacyValue, byLegacyRules[field]);
    if (field.startsWith('zip_') && zipArrivedLate(reading)) return { cause: 'zip_late', explained };
    if (TEXT_COLUMNS.has(field)) return { cause: 'text_differs', explained };
    return explained ? { cause: 'legacy_rule', explained } : UNKNOWN;
  });
}

function isTokenDifference(difference: Difference): difference is Difference & { readonly field: TokenColumn } {
  return isTokenColumn(difference.field);
}

function isEqualJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
