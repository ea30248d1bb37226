import type { Column, ColumnType, TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';
import { renderLatestView } from './latest-view.ts';
import { LATEST_VIEW } from './tables.ts';

const TYPES: Readonly<Record<Exclude<ColumnType, 'RECORD'>, string>> = {
  STRING: 'STRING',
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
};

/** Where the tables live. Without a project, SQL runs in the project of whoever runs it. */
export interface BigQueryDataset {
  readonly projectId: string | undefined;
  readonly dataset: string;
}

/** `CREATE TABLE` in GoogleSQL, for those who keep their schema in SQL. `spanledger init` uses the API instead. */
export function renderBigQueryCreateTable(table: TableDefinition, target: BigQueryDataset): string {
  const columns = table.columns.map((column) => renderColumn(column, '  ')).join(',\n  ');
  return [
    `CREATE TABLE IF NOT EXISTS ${quoteTable(target, table.name)} (\n  ${columns}\n)`,
    ...renderPartition(table),
    ...(table.clusterBy.length === 0 ? [] : [`CLUSTER BY ${table.clusterBy.join(', ')}`]),
  ].join('\n');
}

/** The query of the view `conversation_logs_latest` in GoogleSQL. */
export function renderBigQueryLatestView(target: BigQueryDataset, table: string = CONVERSATION_LOGS.name): string {
  return renderLatestView(CONVERSATION_LOGS, quoteTable(target, table));
}

export function quoteTable({ projectId, dataset }: BigQueryDataset, table: string): string {
  return `\`${projectId === undefined ? '' : `${projectId}.`}${dataset}.${table}\``;
}

export function renderBigQueryCreateView(target: BigQueryDataset): string {
  return `CREATE OR REPLACE VIEW ${quoteTable(target, LATEST_VIEW)} AS\n${renderBigQueryLatestView(target)}`;
}

function renderPartition(table: TableDefinition): string[] {
  const column = table.columns.find(({ name }) => name === table.partitionBy);
  if (column === undefined) return [];
  return [`PARTITION BY ${column.type === 'TIMESTAMP' ? `DATE(${column.name})` : column.name}`];
}

function renderColumn(column: Column, indent: string): string {
  const required = column.mode === 'REQUIRED' ? ' NOT NULL' : '';
  return `${column.name} ${renderType(column, indent)}${required} OPTIONS(description=${JSON.stringify(column.description)})`;
}

function renderType({ type, mode, fields }: Column, indent: string): string {
  const inner = `${indent}  `;
  const item =
    type === 'RECORD'
      ? `STRUCT<\n${inner}${(fields ?? []).map((field) => renderColumn(field, inner)).join(`,\n${inner}`)}\n${indent}>`
      : TYPES[type];
  return mode === 'REPEATED' ? `ARRAY<${item}>` : item;
}
