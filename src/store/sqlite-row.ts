import type { SQLInputValue } from 'node:sqlite';
import { parseContainer } from '../base/json-value.ts';
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

/** The columns of a table among what a query gave, with their types, whichever store it was asked of. */
export function decodeRow(table: TableDefinition, stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const present = table.columns.filter(({ name }) => name in stored);
  return Object.fromEntries(present.map((column) => [column.name, decodeValue(column, stored[column.name])]));
}

function decodeValue({ type, mode }: Column, value: unknown): unknown {
  if (mode === 'REPEATED') return (typeof value === 'string' ? parseContainer(value) : value) ?? [];
  if (type === 'RECORD' && typeof value === 'string') return parseContainer(value) ?? null;
  return type === 'BOOLEAN' && typeof value === 'number' ? value === 1 : value;
}
