import type { TableName } from '../delivery/record-sink.ts';

export interface BigQueryNames {
  readonly tables: Readonly<Record<TableName, string>>;
  readonly latestView: string;
}

/**
 * What the tables are called in BigQuery.
 *
 * @param table name of the table of the rows, the setting `bigquery.table`
 */
export function bigQueryNames(table: string): BigQueryNames {
  return {
    tables: {
      conversation_logs: table,
      conversation_logs_legacy: `${table}_legacy`,
      token_mismatches: 'token_mismatches',
    },
    latestView: `${table}_latest`,
  };
}
