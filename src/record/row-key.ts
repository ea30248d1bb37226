/**
 * Key of a row in its table, `message_id:record_version` and what the table's `keyColumns` add: the same however often the
 * row is made, sent or replayed.
 *
 * @param version of the turn, where the row itself does not say it; default 1
 */
export function buildRowKey(
  row: Readonly<Record<string, unknown>>,
  keyColumns: readonly string[] = [],
  version: unknown = row.record_version,
): string {
  return [row.message_id, version ?? 1, ...keyColumns.map((name) => row[name])].map(String).join(':');
}
