import Table from 'cli-table3';
import stringWidth from 'string-width';
import { toPrintable } from '../base/printable.ts';
import { cutToWidth } from './display-width.ts';
import { type ColumnWidth, fitColumns } from './fit-columns.ts';

export interface TableOptions {
  /** Columns that a line may take. A table is wider only where its numbers are. */
  readonly width: number;
  /** The column of text that gives way first. */
  readonly first?: string;
  /** Columns of text that are never cut. */
  readonly whole?: readonly string[];
}

/** Text narrower than this says nothing. */
const LEAST_TEXT = 4;

/**
 * Rows for people: a head, numbers to the right, NULL as a dash. Text that came from data is made harmless, and cut
 * where the line is too narrow for it; numbers never are.
 */
export function renderTable(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  { width, first, whole = [] }: TableOptions,
): string {
  const cells = rows.map((row) => columns.map((column) => cutToWidth(renderCell(row[column]), width)));
  const numeric = columns.map((column) => isNumeric(rows.map((row) => row[column])));
  const needed = columns.map((column, i): ColumnWidth => {
    const widest = Math.max(0, ...cells.map((row) => stringWidth(row[i] ?? '')));
    const word = Math.max(...headParts(column).map(({ length }) => length));
    const isWhole = numeric[i] === true || whole.includes(column);
    return {
      natural: Math.max(widest, column.length),
      text: Math.max(widest, word),
      least: isWhole ? Math.max(widest, word) : Math.min(Math.max(widest, word), LEAST_TEXT),
    };
  });
  const { widths, padding } = fitColumns(needed, width, first === undefined ? -1 : columns.indexOf(first));
  const table = new Table({
    head: columns.map((column, i) => wrapHead(column, widths[i] ?? 0)),
    colAligns: numeric.map((isNumber) => (isNumber ? 'right' : 'left')),
    // Colours are the caller's business.
    style: { head: [], border: [], 'padding-left': padding, 'padding-right': padding },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  table.push(...cells.map((row) => row.map((cell, i) => cutToWidth(cell, widths[i] ?? 0))));
  return `${table.toString()}\n`;
}

function isNumeric(values: readonly unknown[]): boolean {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length > 0 && known.every((value) => typeof value === 'number');
}

function renderCell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return toPrintable(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** `average_generation_ms` may take three lines. */
function headParts(head: string): string[] {
  return head.split(/(?<=[_ ])/);
}

function wrapHead(head: string, columns: number): string {
  const lines: string[] = [];
  for (const part of headParts(head)) {
    const line = `${lines.at(-1) ?? ''}${part}`;
    if (lines.length > 0 && line.trimEnd().length <= columns) lines[lines.length - 1] = line;
    else lines.push(part);
  }
  return lines.map((line) => cutToWidth(line.trimEnd(), columns)).join('\n');
}
