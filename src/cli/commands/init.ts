import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { toJsonText, toPrintable } from '../../base/printable.ts';
import type { SchemaChange } from '../../store/schema-change.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';
import { addTargetOptions, resolveTarget, type Target, type TargetOptions } from '../target.ts';

interface InitOptions extends TargetOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

export const registerInit: RegisterCommand = (command, context, finish) => {
  addTargetOptions(command)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      '\nCreates what is missing and adds missing columns. Nothing is ever removed; run it as often as you like.',
    )
    .action(async (options: InitOptions) => finish(await init(options, context)));
};

async function init(options: InitOptions, context: CliContext): Promise<ExitCode> {
  const target = resolveTarget(options, context);
  const dryRun = options.dryRun === true;
  const { name, changes } = await (target.kind === 'sqlite'
    ? initSqlite(target, dryRun)
    : initBigQuery(target, dryRun));
  const hasConflict = changes.some(({ action }) => action === 'conflict');
  await context.stdout.write(
    options.json ? toJsonText({ store: name, dryRun, changes }) : render(name, changes, dryRun),
  );
  return hasConflict ? 1 : 0;
}

interface InitResult {
  readonly name: string;
  readonly changes: readonly SchemaChange[];
}

async function initSqlite({ path }: Extract<Target, { kind: 'sqlite' }>, dryRun: boolean): Promise<InitResult> {
  const { migrateSqlite, planSqliteMigration } = await import('../../store/migrate-sqlite.ts');
  const { openReadOnly, openTemporary, openWritable } = await import('../../base/open-sqlite.ts');
  const busyTimeoutMillis = 5_000;
  const openToLook = existsSync(path) ? openReadOnly : (): DatabaseSync => openTemporary(0);
  const database = (dryRun ? openToLook : openWritable)(path, { busyTimeoutMillis });
  try {
    const changes = dryRun ? planSqliteMigration(database) : migrateSqlite(database);
    return { name: path, changes: changes.map(({ resource, action, detail }) => ({ resource, action, detail })) };
  } finally {
    database.close();
  }
}

async function initBigQuery(target: Extract<Target, { kind: 'bigquery' }>, dryRun: boolean): Promise<InitResult> {
  const { openBigQueryAdmin } = await import('../../google/bigquery-admin.ts');
  const admin = await openBigQueryAdmin(target);
  return { name: admin.name, changes: await admin.init(dryRun) };
}

const WORDS: Readonly<Record<SchemaChange['action'], readonly [done: string, planned: string]>> = {
  create: ['created', 'would create'],
  'add-columns': ['columns added to', 'would add columns to'],
  replace: ['replaced', 'would replace'],
  unchanged: ['already there:', 'already there:'],
  conflict: ['cannot be made right:', 'cannot be made right:'],
};

function render(name: string, changes: readonly SchemaChange[], dryRun: boolean): string {
  const lines = changes.map(({ resource, action, detail }) => {
    const words = WORDS[action][dryRun ? 1 : 0];
    return `  ${words} ${resource}${detail === '' ? '' : ` (${detail})`}`;
  });
  return [name, ...lines].map((line) => `${toPrintable(line)}\n`).join('');
}
