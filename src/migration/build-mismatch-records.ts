import { truncateCodePoints } from '../privacy/truncate-text.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { Difference } from './compare-records.ts';
import type { MismatchCause } from './find-mismatch-cause.ts';
import type { MismatchRecord } from './mismatch-columns.ts';

/** Values are stored to show what differs, not to keep the text a third time. */
const MAX_VALUE_CODE_POINTS = 1_000;

/**
 * The rows of `token_mismatches` for one compared turn.
 *
 * @param shownLegacy @param shownSolid the rows as they are stored, after redaction: the values come from them, so that
 *   the comparison shows nothing that the rows themselves do not, and what is a hash there is one here
 */
export function buildMismatchRecords(
  differences: readonly Difference[],
  causes: readonly MismatchCause[],
  shownLegacy: ConversationRecord,
  shownSolid: ConversationRecord,
): MismatchRecord[] {
  return differences.map(({ field, diff, threshold }, index) => ({
    message_id: shownSolid.message_id,
    trace_id: shownSolid.trace_id,
    timestamp: shownSolid.timestamp,
    field,
    legacy_value: renderValue(shownLegacy[field]),
    solid_value: renderValue(shownSolid[field]),
    diff: diff !== null && Number.isSafeInteger(diff) ? diff : null,
    threshold,
    cause: causes[index]?.cause ?? null,
    explained: causes[index]?.explained ?? null,
    content_policy: shownSolid.content_policy,
  }));
}

function renderValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MAX_VALUE_CODE_POINTS ? text : `${truncateCodePoints(text, MAX_VALUE_CODE_POINTS)}…`;
}
