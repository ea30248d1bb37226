import { type Column, type ColumnType, defineColumn, type TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';
import { renderLatestView } from './latest-view.ts';
import { LATEST_VIEW, LEDGER_TABLES } from './tables.ts';

const TYPES: Readonly<Record<ColumnType, string>> = {
  STRING: 'TEXT',
  INTEGER: 'INTEGER',
  FLOAT: 'REAL',
  BOOLEAN: 'INTEGER',
  TIMESTAMP: 'TEXT',
  DATE: 'TEXT',
  RECORD: 'TEXT',
};

/** Spans of the `local` trace exporter, for the report. Attributes, events and resource are JSON text. */
export const SPANS_TABLE: string = `CREATE TABLE IF NOT EXISTS spans (
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  parent_span_id TEXT,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  start_time_unix_nano INTEGER NOT NULL,
  end_time_unix_nano INTEGER,
  status_code TEXT NOT NULL,
  status_message TEXT,
  attributes TEXT NOT NULL,
  events TEXT NOT NULL,
  resource TEXT NOT NULL,
  scope_name TEXT NOT NULL,
  scope_version TEXT,
  PRIMARY KEY (trace_id, span_id)
) STRICT`;

/** Key of a row in its table, beside the columns that BigQuery has. */
export const INSERT_ID_COLUMN: Column = defineColumn('insert_id', [
  'STRING own-words',
  'Key of the row: a key written twice is one row.',
]);

/** A column as SQLite declares it. Records and repeated columns are JSON text, times ISO 8601 text in UTC. */
export function renderSqliteColumn({ name, type, mode }: Column): string {
  const declared = mode === 'REPEATED' ? 'TEXT' : TYPES[type];
  return `${name} ${declared}${mode === 'REQUIRED' ? ' NOT NULL' : ''}`;
}

/** The whole schema of a local store, in an order that can be run from top to bottom, again and again. */
export function renderSqliteSchema(): string[] {
  return [...LEDGER_TABLES.flatMap(renderSqliteTable), SPANS_TABLE, ...renderSqliteView()];
}

export function renderSqliteTable(table: TableDefinition): string[] {
  const columns = [...table.columns, INSERT_ID_COLUMN].map(renderSqliteColumn);
  const partition = table.partitionBy === undefined ? '' : `${table.partitionBy}, `;
  return [
    `CREATE TABLE IF NOT EXISTS ${table.name} (\n  ${columns.join(',\n  ')}\n) STRICT`,
    // A key written twice is one row.
    `CREATE UNIQUE INDEX IF NOT EXISTS ${table.name}_by_insert_id ON ${table.name} (insert_id)`,
    `CREATE INDEX IF NOT EXISTS ${table.name}_by_turn ON ${table.name} (${partition}message_id)`,
  ];
}

/** Created anew each time: a view holds no data, and `SELECT` lists its columns. */
export function renderSqliteView(): string[] {
  return [
    `DROP VIEW IF EXISTS ${LATEST_VIEW}`,
    `CREATE VIEW ${LATEST_VIEW} AS\n${renderLatestView(CONVERSATION_LOGS, CONVERSATION_LOGS.name)}`,
  ];
}
