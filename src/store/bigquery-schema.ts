import type { Column, ColumnMode, ColumnType, TableDefinition } from '../record/column.ts';

/** A column as BigQuery's REST API and `bq mk --schema` take it. */
export interface BigQueryField {
  readonly name: string;
  readonly type: ColumnType;
  readonly mode: ColumnMode;
  readonly description: string;
  // Not `readonly`: the client's own types take no other.
  readonly fields?: BigQueryField[];
}

/** What a table is created with, besides its name: the body of `tables.insert`. */
export interface BigQueryTableSpec {
  readonly schema: { readonly fields: BigQueryField[] };
  readonly timePartitioning?: { readonly type: 'DAY'; readonly field: string };
  readonly clustering?: { readonly fields: string[] };
}

export function renderBigQueryTable(table: TableDefinition): BigQueryTableSpec {
  return {
    schema: { fields: renderBigQueryFields(table.columns) },
    ...(table.partitionBy === undefined ? {} : { timePartitioning: { type: 'DAY', field: table.partitionBy } }),
    ...(table.clusterBy.length === 0 ? {} : { clustering: { fields: [...table.clusterBy] } }),
  };
}

export function renderBigQueryFields(columns: readonly Column[]): BigQueryField[] {
  return columns.map(({ name, type, mode, description, fields }) => ({
    name,
    type,
    mode,
    description,
    ...(fields === undefined ? {} : { fields: renderBigQueryFields(fields) }),
  }));
}
