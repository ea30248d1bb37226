import type { TableDefinition } from '../record/column.ts';
import { ZIP_AMENDMENT } from '../record/zip-amendment.ts';

/**
 * The body of the view `conversation_logs_latest`, the same text for BigQuery and SQLite: one row a turn, without the
 * duplicates that best-effort insert ids let through. Every column comes from the turn's newest `record_version`; the
 * ZIP columns come, together, from the newest row that has a ZIP, so that an amendment blanks nothing.
 * Decision: docs/decisions/conversation-logs-latest.md
 *
 * @param source the table as the dialect quotes it
 */
export function renderLatestView(table: TableDefinition, source: string): string {
  const names = table.columns.map(({ name }) => name);
  const selected = names.map((name) =>
    name.startsWith('zip_') ? `FIRST_VALUE(t.${name}) OVER newest_zip AS ${name}` : `t.${name}`,
  );
  // The date is part of the window's key so that a filter on it still prunes partitions.
  const turn = 'PARTITION BY t.date_partition, t.message_id';
  return `SELECT
  ${names.join(',\n  ')}
FROM (
  SELECT
    ${selected.join(',\n    ')},
    ROW_NUMBER() OVER newest AS newest_first
  FROM ${source} AS t
  WINDOW
    newest AS (${turn} ORDER BY t.message_type = '${ZIP_AMENDMENT}', t.record_version DESC),
    newest_zip AS (${turn} ORDER BY t.zip_id IS NULL, t.record_version DESC)
)
WHERE newest_first = 1 AND message_type <> '${ZIP_AMENDMENT}'`;
}
