import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Column, TableDefinition } from '../record/column.ts';

/** One value for each column of the table, in its order: records and repeated columns as JSON text, booleans as 0 and 1. */
export function encodeSqliteRow(table: TableDefinition, row: Readonly<Record<string, unknown>>): SQLInputValue[] {
  return table.columns.map((column) => encodeValue(column, row[column.name]));
}

/** The row as it was before {@link encodeSqliteRow}; columns that a store or a query lacks are left out. */
export function decodeSqliteRow(
  table: TableDefinition,
  stored: Readonly<Record<string, SQLOutputValue>>,
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const column of table.columns) {
    const value = stored[column.name];
    if (value !== undefined) row[column.name] = decodeValue(column, value);
  }
  return row;
}

function encodeValue({ type, mode }: Column, value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (mode === 'REPEATED' || type === 'RECORD') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  // A text in an INTEGER column is refused by the strict table, as BigQuery refuses it.
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

function decodeValue({ type, mode }: Column, value: SQLOutputValue): unknown {
  if (mode === 'REPEATED') return typeof value === 'string' ? JSON.parse(value) : [];
  if (value === null) return null;
  if (type === 'RECORD') return JSON.parse(String(value));
  return type === 'BOOLEAN' ? value === 1 : value;
}
