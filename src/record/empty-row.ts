import { type ColumnSpecs, defineColumns, type RowOf } from './column.ts';

/** A row without the columns that every row must say. */
export type EmptyRowOf<Specs extends ColumnSpecs> = {
  readonly [Name in keyof Specs as Specs[Name][0] extends `${string} REQUIRED${string}`
    ? never
    : Name]: RowOf<Specs>[Name];
};

/** What a mapping starts from: NULL, or an empty list, in every column that it may leave unsaid. */
export function buildEmptyRow<Specs extends ColumnSpecs>(specs: Specs): EmptyRowOf<Specs> {
  const unsaid = defineColumns(specs).filter(({ mode }) => mode !== 'REQUIRED');
  return Object.fromEntries(
    unsaid.map(({ name, mode }) => [name, mode === 'REPEATED' ? [] : null]),
  ) as EmptyRowOf<Specs>;
}
