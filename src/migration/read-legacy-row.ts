import { isArray } from '../base/json-value.ts';
import type { Column } from '../record/column.ts';
import { type ConversationRecord, LEGACY_COLUMNS } from '../record/conversation-columns.ts';
import { findValueProblem } from '../record/validate-row.ts';
import { formatLegacyTimestamp } from './legacy-frame.ts';

// A team's own tracker may return anything. What fits its column is copied into the row, once; what does not fit is
// left out and named, so that one odd value costs neither the row nor the insert.

/** The columns that a tracker of one's own can fill, but for the row's key. */
const READABLE_COLUMNS: readonly Column[] = LEGACY_COLUMNS.filter(
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
    const read = readCell(cell, column);
    if (findValueProblem(read, column) === undefined) cells[column.name] = read;
    else misfits.push(column.name);
  }
  if (Object.keys(cells).length === 0) throw new TypeError('the legacy module returned a row without a usable column');
  // Each cell was read by its column's type, which is what the type of the row is made of.
  return { record: { ...frame, ...(cells as Partial<ConversationRecord>) }, misfits };
}

/** The value as a row holds it: a copy of well-formed text, times as text; what is none of these stays as it is. */
function readCell(value: unknown, column: Column): unknown {
  if (column.mode === 'REPEATED' && isArray(value)) return value.map((item) => readItem(item, column));
  return readItem(value, column);
}

function readItem(value: unknown, column: Column): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (column.type === 'TIMESTAMP' && value instanceof Date && !Number.isNaN(value.getTime())) {
    return formatLegacyTimestamp(value.toISOString());
  }
  return column.type === 'RECORD' && typeof value === 'object' && value !== null && !isArray(value)
    ? readRecord({ ...value }, column.fields ?? [])
    : value;
}

/** Only the columns of the record, NULL where there is no value that fits. */
function readRecord(source: Readonly<Record<string, unknown>>, fields: readonly Column[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      const value = readItem(source[field.name], field);
      return [field.name, findValueProblem(value, field) === undefined ? value : null];
    }),
  );
}

function describeType(value: unknown): string {
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
