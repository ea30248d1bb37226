import type { Column } from '../record/column.ts';
import { CONVERSATION_COLUMNS, type ConversationRecord } from '../record/conversation-columns.ts';
import { formatLegacyTimestamp } from './legacy-frame.ts';

// A team's own tracker may return anything. What fits its column is copied into the row, once; what does not fit is
// left out and named, so that one odd value costs neither the row nor the insert.

/** The columns that a tracker of one's own can fill, but for the row's key. */
const READABLE_COLUMNS: readonly Column[] = CONVERSATION_COLUMNS.slice(0, 48).filter(
  ({ name }) => name !== 'message_id' && name !== 'message_type',
);

export interface LegacyRowReading {
  readonly record: ConversationRecord;
  /** Columns whose values did not fit. */
  readonly misfits: readonly string[];
}

/**
 * @param value what the tracker returned
 * @param frame the row that it fills; names the turn
 * @throws {TypeError} where the value is no row at all
 */
export function readLegacyRow(value: unknown, frame: ConversationRecord): LegacyRowReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`the legacy module returned ${value === null ? 'null' : describeType(value)}, not a row`);
  }
  const row: Record<string, unknown> = { ...value };
  const cells: Record<string, unknown> = {};
  const misfits: string[] = [];
  for (const column of READABLE_COLUMNS) {
    const cell = row[column.name];
    if (cell === undefined || cell === null) continue;
    const fitting = readCell(cell, column);
    if (fitting === undefined) misfits.push(column.name);
    else cells[column.name] = fitting;
  }
  if (Object.keys(cells).length === 0) throw new TypeError('the legacy module returned a row without a usable column');
  // Each cell was read by its column's type, which is what the type of the row is made of.
  return { record: { ...frame, ...(cells as Partial<ConversationRecord>) }, misfits };
}

/** @returns `undefined` where the value does not fit the column */
function readCell(value: unknown, column: Column): unknown {
  if (column.mode !== 'REPEATED') return readItem(value, column);
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item) => readItem(item, column));
  return items.includes(undefined) ? undefined : items;
}

function readItem(value: unknown, column: Column): unknown {
  switch (column.type) {
    case 'STRING':
      return typeof value === 'string' ? value.toWellFormed() : undefined;
    case 'INTEGER':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'FLOAT':
      return Number.isFinite(value) ? value : undefined;
    case 'BOOLEAN':
      return typeof value === 'boolean' ? value : undefined;
    case 'DATE':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
    case 'TIMESTAMP':
      return readTimestamp(value);
    case 'RECORD':
      return readRecord(value, column.fields ?? []);
  }
}

function readTimestamp(value: unknown): string | undefined {
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return formatLegacyTimestamp(value.toISOString());
  }
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value) ? value : undefined;
}

function readRecord(value: unknown, fields: readonly Column[]): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const source: Record<string, unknown> = { ...value };
  return Object.fromEntries(fields.map((field) => [field.name, readItem(source[field.name], field) ?? null]));
}

function describeType(value: unknown): string {
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
