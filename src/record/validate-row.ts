import type { Column } from './column.ts';

/**
 * Why a table's columns cannot take a row, as the rest of a sentence without any of its content, or undefined. Columns that
 * the table does not have are left to the sink, which leaves them out.
 */
export function findRowProblem(row: Readonly<Record<string, unknown>>, columns: readonly Column[]): string | undefined {
  for (const column of columns) {
    const value = row[column.name];
    if (value === undefined || value === null) {
      if (column.mode === 'REQUIRED') return `has no ${column.name}`;
      if (column.mode === 'REPEATED' && value === null) return `has NULL in ${column.name}, which is a list`;
      continue;
    }
    const items: readonly unknown[] | undefined = column.mode === 'REPEATED' ? toList(value) : [value];
    if (items === undefined) return `has no list in ${column.name}`;
    for (const item of items) {
      const problem = findItemProblem(item, column);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function findItemProblem(item: unknown, column: Column): string | undefined {
  if (column.type === 'RECORD') {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return `has no record in ${column.name}`;
    const problem = findRowProblem({ ...item }, column.fields ?? []);
    return problem === undefined ? undefined : `${problem} (in ${column.name})`;
  }
  const isRight =
    column.type === 'INTEGER'
      ? Number.isSafeInteger(item)
      : column.type === 'FLOAT'
        ? typeof item === 'number'
        : column.type === 'BOOLEAN'
          ? typeof item === 'boolean'
          : typeof item === 'string';
  return isRight ? undefined : `has no ${column.type} in ${column.name}`;
}

function toList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
