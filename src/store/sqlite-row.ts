import type { SQLInputValue } from 'node:sqlite';
import type { Column, TableDefinition } from '../record/column.ts';

/** A row by the columns of its table: records and repeated columns as JSON text, booleans as 0 and 1. */
export function encodeSqliteRow(
  table: TableDefinition,
  row: Readonly<Record<string, unknown>>,
): Record<string, SQLInputValue> {
  return Object.fromEntries(table.columns.map((column) => [column.name, encodeValue(column, row[column.name])]));
}

function encodeValue({ type, mode }: Column, value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (mode === 'REPEATED' || type === 'RECORD') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  // A text in an INTEGER column is refused by the strict table, as BigQuery refuses it.
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}
