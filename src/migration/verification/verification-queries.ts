import type { StoreTables } from '../../delivery/store-reader.ts';
import { CONVERSATION_LOGS } from '../../record/conversation-columns.ts';
import { ZIP_AMENDMENT } from '../../record/zip-amendment.ts';
import { TOKEN_COLUMNS } from '../compare-records.ts';
import { CONVERSATION_LOGS_LEGACY, TOKEN_MISMATCHES } from '../mismatch-columns.ts';
import { type Period, shiftDay } from './period.ts';

// One text for BigQuery and SQLite: both read TRUE and FALSE, and compare a date or a time with its text. Days are
// written into the text because BigQuery turns a literal into a DATE, but not a parameter of text.

/** Where two token counts still agree: below this many tokens, or below this share of the legacy count. */
export interface TokenTolerance {
  readonly tokens: number;
  readonly share: number;
}

/** Turns that ought to have tokens: a failed call reports none, and that says nothing of the mapping. */
const COUNTED =
  '(model_call_count IS NULL OR model_call_count > 0) AND (total_token_count IS NOT NULL OR success IS NULL OR success = TRUE)';

/** One row: what the turns of a period look like. */
export function renderTurnsQuery({ latest }: StoreTables, period: Period): string {
  return `SELECT
  COUNT(*) AS turns,
  COUNT(CASE WHEN tracking_backend = 'solid' THEN 1 END) AS solid_turns,
  COUNT(CASE WHEN success = FALSE THEN 1 END) AS failed_turns,
  COUNT(CASE WHEN complete = FALSE THEN 1 END) AS incomplete_turns,
  COUNT(CASE WHEN ${COUNTED} THEN 1 END) AS counted_turns,
  COUNT(CASE WHEN ${COUNTED} AND total_token_count IS NULL THEN 1 END) AS null_token_turns,
  COUNT(CASE WHEN tracking_backend = 'solid' AND zip_generated = TRUE THEN 1 END) AS zip_turns,
  COUNT(CASE WHEN tracking_backend = 'solid' AND zip_generated = TRUE AND zip_generation_time_ms IS NOT NULL THEN 1 END)
    AS zip_turns_with_metrics,
  COUNT(DISTINCT date_partition) AS active_days,
  MIN(date_partition) AS first_day
FROM ${latest}
WHERE ${within('date_partition', period)} AND message_type <> '${ZIP_AMENDMENT}'`;
}

/** One row: how many turns have a row on both sides, from the first legacy row on: before it, the mode was another. */
export function renderSidesQuery({ of }: StoreTables, period: Period): string {
  return `WITH
  legacy AS (
    SELECT message_id, MIN(start_timestamp) AS started FROM ${of(CONVERSATION_LOGS_LEGACY.name)}
    WHERE ${within('date_partition', period)}
    GROUP BY message_id
  ),
  solid AS (
    SELECT DISTINCT message_id FROM ${of(CONVERSATION_LOGS.name)}
    WHERE ${within('date_partition', period)} AND tracking_backend = 'solid'
      AND start_timestamp >= (SELECT MIN(started) FROM legacy)
  )
SELECT
  COUNT(CASE WHEN solid.message_id IS NOT NULL AND legacy.message_id IS NOT NULL THEN 1 END) AS on_both_sides,
  COUNT(CASE WHEN legacy.message_id IS NULL THEN 1 END) AS only_solid,
  COUNT(CASE WHEN solid.message_id IS NULL THEN 1 END) AS only_legacy
FROM solid FULL OUTER JOIN legacy ON solid.message_id = legacy.message_id`;
}

/** One row for each column, cause and explanation: how many turns differ, and how many beyond the tolerance. */
export function renderMismatchQuery(tables: StoreTables, period: Period, tolerance: TokenTolerance): string {
  const fields = TOKEN_COLUMNS.map((column) => `'${column}'`).join(', ');
  return `SELECT
  field,
  cause,
  explained,
  COUNT(DISTINCT message_id) AS turns,
  MAX(ABS(diff)) AS largest_diff,
  COUNT(DISTINCT CASE WHEN beyond = 1 THEN message_id END) AS turns_beyond
FROM (
  SELECT
    message_id, field, cause, explained, diff,
    CASE
      WHEN field NOT IN (${fields}) THEN 0
      WHEN diff IS NULL THEN 1
      WHEN ABS(diff) < ${tolerance.tokens} OR ABS(diff) < ${tolerance.share} * CAST(legacy_value AS INTEGER) THEN 0
      ELSE 1
    END AS beyond
  FROM ${tables.of(TOKEN_MISMATCHES.name)}
  WHERE timestamp >= '${period.from}' AND timestamp < '${shiftDay(period.to, 1)}'
) AS differences
GROUP BY field, cause, explained
ORDER BY turns DESC, field, cause`;
}

function within(column: string, { from, to }: Period): string {
  return `${column} BETWEEN '${from}' AND '${to}'`;
}
