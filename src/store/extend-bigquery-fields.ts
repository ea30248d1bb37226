import type { BigQueryField } from './bigquery-schema.ts';

/** A column as the API gives it: everything but the name may be left out. */
export interface PresentField {
  readonly name: string;
  readonly type?: string;
  readonly mode?: string;
  readonly fields?: PresentField[];
}

export interface ExtendedFields {
  /** The present columns as they are, in their order, with the missing ones behind them. */
  readonly fields: PresentField[];
  /** Dotted names of what was added. */
  readonly added: readonly string[];
  /** What adding cannot make right, one sentence a column. */
  readonly conflicts: readonly string[];
}

/** Adds to the columns of an existing table what it lacks. Nothing that is there is changed. */
export function extendBigQueryFields(
  present: readonly PresentField[],
  wanted: readonly BigQueryField[],
  prefix = '',
): ExtendedFields {
  const byName = new Map(wanted.map((field) => [field.name.toLowerCase(), field]));
  const added: string[] = [];
  const conflicts: string[] = [];
  const extended = present.map((field): PresentField => {
    const name = `${prefix}${field.name}`;
    const target = byName.get(field.name.toLowerCase());
    byName.delete(field.name.toLowerCase());
    const conflict = target === undefined ? undefined : findConflict(field, target);
    if (conflict !== undefined) conflicts.push(`${name} ${conflict}`);
    if (target?.fields === undefined || conflict !== undefined) return field;
    const inner = extendBigQueryFields(field.fields ?? [], target.fields, `${name}.`);
    added.push(...inner.added);
    conflicts.push(...inner.conflicts);
    return { ...field, fields: inner.fields };
  });
  for (const field of byName.values()) {
    added.push(`${prefix}${field.name}`);
    // Rows that are there have no value for it, so that BigQuery takes new columns as nullable only.
    extended.push(field.mode === 'REQUIRED' ? { ...field, mode: 'NULLABLE' } : field);
  }
  return { fields: extended, added, conflicts };
}

function findConflict(present: PresentField, wanted: BigQueryField): string | undefined {
  const type = canonicalType(present.type ?? 'STRING');
  if (type !== wanted.type) return `is ${type}, not ${wanted.type}`;
  const mode = present.mode ?? 'NULLABLE';
  if ((mode === 'REPEATED') !== (wanted.mode === 'REPEATED')) return `is ${mode}, not ${wanted.mode}`;
  if (mode === 'REQUIRED' && wanted.mode === 'NULLABLE')
    return 'is REQUIRED, but may be NULL (ALTER COLUMN … DROP NOT NULL)';
  return undefined;
}

/** GoogleSQL's names of the API's types. Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['INT64', 'INTEGER'],
  ['FLOAT64', 'FLOAT'],
  ['BOOL', 'BOOLEAN'],
  ['STRUCT', 'RECORD'],
]);

function canonicalType(type: string): string {
  return ALIASES.get(type.toUpperCase()) ?? type.toUpperCase();
}
