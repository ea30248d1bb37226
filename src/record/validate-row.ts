import { firstOf } from '../base/first-of.ts';
import { isArray } from '../base/json-value.ts';
import type { Column, ColumnType } from './column.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;
/** As BigQuery reads it; without an offset it is UTC. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: ?(?:[zZ]|UTC|[+-]\d\d(?::?\d\d)?))?$/;

/**
 * Why a table's columns cannot take a row, as the rest of a sentence without any of its content, or undefined. Columns that
 * the table does not have are left to the sink, which leaves them out.
 */
export function findRowProblem(row: Readonly<Record<string, unknown>>, columns: readonly Column[]): string | undefined {
  for (const column of columns) {
    const value = row[column.name];
    if (value !== undefined && value !== null) {
      const problem = findValueProblem(value, column);
      if (problem !== undefined) return problem;
    } else {
      if (column.mode === 'REQUIRED') return `has no ${column.name}`;
      if (column.mode === 'REPEATED' && value === null) return `has NULL in ${column.name}, which is a list`;
    }
  }
  return undefined;
}

/** Why a column cannot take a value that is there, as in {@link findRowProblem}. */
export function findValueProblem(value: unknown, column: Column): string | undefined {
  if (column.mode !== 'REPEATED') return findItemProblem(value, column);
  if (!isArray(value)) return `has no list in ${column.name}`;
  return firstOf(value, (item) => findItemProblem(item, column));
}

/** As {@link findValueProblem}, for one item of a list. */
export function findItemProblem(item: unknown, column: Column): string | undefined {
  if (column.type === 'RECORD') {
    if (typeof item !== 'object' || item === null || isArray(item)) return `has no record in ${column.name}`;
    const problem = findRowProblem({ ...item }, column.fields ?? []);
    return problem === undefined ? undefined : `${problem} (in ${column.name})`;
  }
  return FITS[column.type](item) ? undefined : `has no ${column.type} in ${column.name}`;
}

const FITS: { readonly [Type in Exclude<ColumnType, 'RECORD'>]: (value: unknown) => boolean } = {
  STRING: (value) => typeof value === 'string',
  INTEGER: Number.isSafeInteger,
  FLOAT: Number.isFinite,
  BOOLEAN: (value) => typeof value === 'boolean',
  DATE: (value) => typeof value === 'string' && DATE.test(value),
  TIMESTAMP: (value) => typeof value === 'string' && TIMESTAMP.test(value),
};
