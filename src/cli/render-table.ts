import Table from 'cli-table3';
import { toPrintable } from '../base/printable.ts';

/** Rows for people: a head, numbers to the right, NULL as a dash. Text that came from data is made harmless. */
export function renderTable(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const isNumeric = (column: string): boolean =>
    rows.some((row) => typeof row[column] === 'number') && rows.every((row) => isNumberOrNull(row[column]));
  const table = new Table({
    head: [...columns],
    colAligns: columns.map((column) => (isNumeric(column) ? 'right' : 'left')),
    // Colours are the caller's business.
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  table.push(...rows.map((row) => columns.map((column) => renderCell(row[column]))));
  return `${table.toString()}\n`;
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'number';
}

function renderCell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return toPrintable(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
