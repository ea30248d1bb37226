import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';

/**
 * What a table or view is called in BigQuery: those named after the table of the rows follow its name.
 *
 * @param table name of the table of the rows, the setting `bigquery.table`
 * @param name of the definition
 * @example
 * bigQueryName('chats', 'conversation_logs_latest'); // chats_latest
 * bigQueryName('chats', 'zips'); // zips
 */
export function bigQueryName(table: string, name: string): string {
  const { name: rows } = CONVERSATION_LOGS;
  return name.startsWith(rows) ? `${table}${name.slice(rows.length)}` : name;
}
