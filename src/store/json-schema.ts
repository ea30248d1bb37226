import type { Column, ColumnType, TableDefinition } from '../record/column.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const SCALARS: Readonly<Record<Exclude<ColumnType, 'RECORD'>, JsonSchema>> = {
  STRING: { type: 'string' },
  INTEGER: { type: 'integer' },
  FLOAT: { type: 'number' },
  BOOLEAN: { type: 'boolean' },
  TIMESTAMP: { type: 'string', format: 'date-time' },
  DATE: { type: 'string', format: 'date' },
};

/** JSON Schema (draft 2020-12) of a row: what `spanledger map` prints, a line each. */
export function renderJsonSchema(table: TableDefinition): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: table.name,
    ...renderRecord(table.columns),
  };
}

function renderRecord(columns: readonly Column[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map((column) => [column.name, renderColumn(column)])),
    required: columns.map(({ name }) => name),
    additionalProperties: false,
  };
}

function renderColumn({ type, mode, description, fields }: Column): JsonSchema {
  const item = type === 'RECORD' ? renderRecord(fields ?? []) : SCALARS[type];
  if (mode === 'REPEATED') return { description, type: 'array', items: item };
  if (mode === 'REQUIRED') return { description, ...item };
  return { description, ...item, type: [item.type, 'null'] };
}
