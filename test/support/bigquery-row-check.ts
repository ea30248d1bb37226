/**
 * What `tabledata.insertAll` accepts, per column type. Stricter than the service where its behaviour is not
 * documented, so that what passes here passes there.
 */
export interface BigQueryField {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
  readonly fields?: readonly BigQueryField[];
}

export interface RowProblem {
  readonly reason: 'invalid';
  readonly location: string;
  readonly debugInfo: string;
  readonly message: string;
}

const CANONICAL_TYPES: Readonly<Record<string, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
};
const KNOWN_TYPES = new Set([
  'STRING',
  'BYTES',
  'INTEGER',
  'FLOAT',
  'BOOLEAN',
  'TIMESTAMP',
  'DATE',
  'TIME',
  'DATETIME',
  'RECORD',
  'NUMERIC',
  'JSON',
]);
const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d{1,6})?( ?UTC|Z|[+-]\d{2}:\d{2})?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const INTEGER = /^-?\d{1,19}$/;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

export function canonicalType(type: string): string {
  const upper = type.toUpperCase();
  return CANONICAL_TYPES[upper] ?? upper;
}

export function modeOf(field: BigQueryField): string {
  return (field.mode ?? 'NULLABLE').toUpperCase();
}

/** What is wrong with a schema, or undefined. */
export function findSchemaProblem(fields: readonly BigQueryField[]): string | undefined {
  const seen = new Set<string>();
  for (const field of fields) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,299}$/.test(field.name)) return `Invalid field name "${field.name}".`;
    if (seen.has(field.name.toLowerCase())) return `Field ${field.name} already exists in schema.`;
    seen.add(field.name.toLowerCase());
    const type = canonicalType(field.type);
    if (!KNOWN_TYPES.has(type)) return `Invalid value for type: ${field.type} is not a valid value.`;
    if (!['NULLABLE', 'REQUIRED', 'REPEATED'].includes(modeOf(field))) return `Invalid mode ${field.mode}.`;
    if (type === 'RECORD') {
      if (field.fields === undefined || field.fields.length === 0)
        return `Field ${field.name} is type RECORD but has no schema.`;
      const problem = findSchemaProblem(field.fields);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

export interface RowCheckOptions {
  readonly ignoreUnknownValues: boolean;
}

/** The first problem of a row, as the service reports it, or undefined. */
export function findRowProblem(
  row: unknown,
  fields: readonly BigQueryField[],
  options: RowCheckOptions,
  path = '',
): RowProblem | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return problem(path, 'This value is not a record.');
  }
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  for (const [name, value] of Object.entries(row)) {
    const at = path === '' ? name : `${path}.${name}`;
    const field = byName.get(name.toLowerCase());
    if (field === undefined) {
      if (options.ignoreUnknownValues) continue;
      return problem(at, `no such field: ${at}.`);
    }
    const found = findFieldProblem(value, field, at, options);
    if (found !== undefined) return found;
  }
  for (const field of fields) {
    if (modeOf(field) === 'REQUIRED' && !Object.hasOwn(row, field.name)) {
      return problem(path, `Missing required field: ${path === '' ? field.name : `${path}.${field.name}`}.`);
    }
  }
  return undefined;
}

function findFieldProblem(
  value: unknown,
  field: BigQueryField,
  at: string,
  options: RowCheckOptions,
): RowProblem | undefined {
  const mode = modeOf(field);
  if (mode === 'REPEATED') {
    if (!Array.isArray(value)) return problem(at, `Array specified for non-repeated field or no array given: ${at}.`);
    for (const [index, item] of value.entries()) {
      const itemAt = `${at}[${index}]`;
      const found = item === null ? nullProblem(itemAt) : findValueProblem(item, field, itemAt, options);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Array.isArray(value)) return problem(at, `Array specified for non-repeated field: ${at}.`);
  if (value === null) return mode === 'REQUIRED' ? nullProblem(at) : undefined;
  return findValueProblem(value, field, at, options);
}

function findValueProblem(
  value: unknown,
  field: BigQueryField,
  at: string,
  options: RowCheckOptions,
): RowProblem | undefined {
  const type = canonicalType(field.type);
  if (type === 'RECORD') return findRowProblem(value, field.fields ?? [], options, at);
  return acceptsScalar(type, value)
    ? undefined
    : problem(at, `Cannot convert value to ${type.toLowerCase()} (bad value): ${at}.`);
}

function acceptsScalar(type: string, value: unknown): boolean {
  switch (type) {
    case 'STRING':
    case 'JSON':
    case 'BYTES':
      return typeof value === 'string' && value.isWellFormed();
    case 'INTEGER':
      return isInteger(value);
    case 'FLOAT':
    case 'NUMERIC':
      return (
        typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
      );
    case 'BOOLEAN':
      return typeof value === 'boolean' || value === 'true' || value === 'false';
    case 'TIMESTAMP':
      return typeof value === 'number' || (typeof value === 'string' && isTimestamp(value));
    case 'DATE':
      return typeof value === 'string' && isDate(DATE.exec(value));
    default:
      return typeof value === 'string';
  }
}

function isInteger(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'string' || !INTEGER.test(value)) return false;
  const number = BigInt(value);
  return number >= MIN_INT64 && number <= MAX_INT64;
}

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  return isDate(match) && Number(match?.[4]) < 24 && Number(match?.[5]) < 60 && Number(match?.[6]) < 60;
}

function isDate(match: RegExpExecArray | null): boolean {
  if (match === null || match[1] === '0000') return false;
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(match[3]);
}

function nullProblem(at: string): RowProblem {
  return problem(at, `Only optional fields can be set to NULL. Field: ${at}; Value: NULL`);
}

function problem(location: string, message: string): RowProblem {
  return { reason: 'invalid', location, debugInfo: '', message };
}
