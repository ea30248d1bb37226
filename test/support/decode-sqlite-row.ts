import type { SQLOutputValue } from 'node:sqlite';
import type { Column, TableDefinition } from '../../src/record/column.ts';

/** The row that a local store holds, with the types of its columns; columns that a store or a query lacks are left out. */
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

function decodeValue({ type, mode }: Column, value: SQLOutputValue): unknown {
  if (mode === 'REPEATED') return typeof value === 'string' ? JSON.parse(value) : [];
  if (value === null) return null;
  if (type === 'RECORD') return JSON.parse(String(value));
  return type === 'BOOLEAN' ? value === 1 : value;
}
