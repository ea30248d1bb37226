import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../base/open-sqlite.ts';
import type { Column, TableDefinition } from '../record/column.ts';
import type { SchemaChange } from './schema-change.ts';
import {
  INSERT_ID_COLUMN,
  renderSqliteColumn,
  renderSqliteTable,
  renderSqliteView,
  SPANS_TABLE,
} from './sqlite-schema.ts';
import { LATEST_VIEW, LEDGER_TABLES } from './tables.ts';

export interface SqliteChange extends SchemaChange {
  readonly statements: readonly string[];
}

/** What a store needs to have every table and column. Nothing is ever removed, and nothing that is right is touched. */
export function planSqliteMigration(database: DatabaseSync): SqliteChange[] {
  return [
    ...LEDGER_TABLES.map((table) => planTable(database, table)),
    planObject(database, 'table', 'spans', [SPANS_TABLE]),
    planObject(database, 'view', LATEST_VIEW, renderSqliteView()),
  ];
}

/** Makes the changes, all or none. */
export function migrateSqlite(database: DatabaseSync): SqliteChange[] {
  const planned = planSqliteMigration(database);
  if (planned.every(({ statements }) => statements.length === 0)) return planned;
  return transaction(database, () => {
    // Planned again under the lock: another process may have made the same changes meanwhile.
    const changes = planSqliteMigration(database);
    for (const statement of changes.flatMap(({ statements }) => statements)) database.exec(statement);
    return changes;
  });
}

function planTable(database: DatabaseSync, table: TableDefinition): SqliteChange {
  const resource = `table ${table.name}`;
  const create = renderSqliteTable(table);
  const present = readColumns(database, table.name);
  if (present.size === 0) return { resource, action: 'create', detail: '', statements: create };
  const wanted = [...table.columns, INSERT_ID_COLUMN];
  // Rows that are there have no value for it, so that even a required column is added as nullable.
  const missing = wanted
    .filter(({ name }) => !present.has(name))
    .map((column): Column => (column.mode === 'REQUIRED' ? { ...column, mode: 'NULLABLE' } : column));
  if (missing.length === 0) return { resource, action: 'unchanged', detail: '', statements: [] };
  return {
    resource,
    action: 'add-columns',
    detail: missing.map(({ name }) => name).join(', '),
    statements: [
      ...missing.map((column) => `ALTER TABLE ${table.name} ADD COLUMN ${renderSqliteColumn(column)}`),
      ...create.slice(1),
    ],
  };
}

function planObject(
  database: DatabaseSync,
  type: 'table' | 'view',
  name: string,
  statements: readonly string[],
): SqliteChange {
  const resource = `${type} ${name}`;
  const present = database.prepare('SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?').get(type, name)?.sql;
  if (present === undefined) return { resource, action: 'create', detail: '', statements };
  if (type === 'table' || statements.includes(String(present))) {
    return { resource, action: 'unchanged', detail: '', statements: [] };
  }
  return { resource, action: 'replace', detail: '', statements };
}

function readColumns(database: DatabaseSync, table: string): ReadonlySet<unknown> {
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return new Set(columns.map(({ name }) => name));
}
