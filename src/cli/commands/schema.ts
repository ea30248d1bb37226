import { Option } from 'commander';
import { toJsonText } from '../../base/printable.ts';
import type { TableDefinition } from '../../record/column.ts';
import { renderBigQueryCreateTable, renderBigQueryCreateView } from '../../store/bigquery-ddl.ts';
import { renderBigQueryTable } from '../../store/bigquery-schema.ts';
import { renderJsonSchema } from '../../store/json-schema.ts';
import { renderSqliteSchema, renderSqliteTable } from '../../store/sqlite-schema.ts';
import { LEDGER_TABLES } from '../../store/tables.ts';
import type { RegisterCommand } from '../command-list.ts';

interface SchemaOptions {
  readonly dialect: 'bigquery' | 'sqlite' | 'json';
  readonly table?: string;
  readonly project?: string;
  readonly dataset: string;
  readonly json?: true;
}

export const registerSchema: RegisterCommand = (command, context) => {
  command
    .addOption(
      new Option('--dialect <name>', 'language of the schema')
        .choices(['bigquery', 'sqlite', 'json'])
        .default('bigquery'),
    )
    .addOption(new Option('--table <name>', 'one table only').choices(LEDGER_TABLES.map(({ name }) => name)))
    .option('--project <id>', 'Google Cloud project, in SQL for BigQuery')
    .option('--dataset <name>', 'dataset, in SQL for BigQuery', 'chat_analytics')
    .option('--json', "BigQuery's JSON schema instead of SQL; with --table as `bq mk --schema` takes it")
    .action(async (options: SchemaOptions) => {
      await context.stdout.write(renderSchema(options));
    });
};

function renderSchema(options: SchemaOptions): string {
  const tables = LEDGER_TABLES.filter(({ name }) => options.table === undefined || name === options.table);
  if (options.dialect === 'json') return toJsonText(byTable(options, tables, renderJsonSchema));
  if (options.dialect === 'sqlite') {
    const statements = options.table === undefined ? renderSqliteSchema() : tables.flatMap(renderSqliteTable);
    return options.json ? toJsonText(statements) : renderSql(statements);
  }
  if (options.json) {
    return options.table === undefined
      ? toJsonText(byTable(options, tables, renderBigQueryTable))
      : toJsonText(tables.flatMap((table) => renderBigQueryTable(table).schema.fields));
  }
  const target = { projectId: options.project, dataset: options.dataset };
  const statements = tables.map((table) => renderBigQueryCreateTable(table, target));
  return renderSql(options.table === undefined ? [...statements, renderBigQueryCreateView(target)] : statements);
}

function byTable(
  { table }: SchemaOptions,
  tables: readonly TableDefinition[],
  render: (table: TableDefinition) => unknown,
): unknown {
  const rendered = tables.map((each) => [each.name, render(each)] as const);
  return table === undefined ? Object.fromEntries(rendered) : rendered[0]?.[1];
}

function renderSql(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join('\n');
}
