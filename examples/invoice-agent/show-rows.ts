import { relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Table from 'cli-table3';
import type { Spanledger } from 'spanledger';

type Settings = Spanledger['config']['values'];
type Row = Readonly<Record<string, unknown>>;

const COLUMNS = [
  ['user_id', 'user'],
  ['user_question', 'question'],
  ['tools_used', 'tools'],
  ['prompt_token_count', 'prompt'],
  ['candidates_token_count', 'answer'],
  ['thoughts_token_count', 'thoughts'],
  ['cached_content_token_count', 'cached'],
  ['total_token_count', 'total'],
  ['zip_files_included', 'ZIP files'],
  ['estimated_cost_usd', 'USD'],
  ['success', 'ok'],
] as const;

/** Shows the rows of this run as a table, where they are, and what to do next. */
export async function showRows(settings: Settings, startedAt: Date): Promise<void> {
  const { project, dataset, table, localPath } = settings;
  const since = startedAt.toISOString();
  const rows = project === undefined ? readLocal(localPath, since) : await readBigQuery(project, dataset, table, since);
  const shown = new Table({
    head: COLUMNS.map(([, title]) => title),
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const row of rows) shown.push(COLUMNS.map(([name]) => renderCell(row[name])));
  console.log(`\nOne row a turn (${rows.length}), as stored:\n${shown.toString()}`);
  const [where, options] =
    project === undefined
      ? [relative('', localPath), '']
      : [`BigQuery, ${project}.${dataset}.${table}`, ` --project ${project}`];
  const next = [
    `query tokens-per-day${options}`,
    `query mismatches${options}`, // migration
    `verify --phase dual --min-turns 1 --max-error-share 0.2${options}`, // migration
    '--help',
  ];
  console.log(`\nThe store: ${where}\n\nNext:`);
  for (const command of next) console.log(`  npx spanledger ${command}`);
}

function readLocal(path: string, since: string): Row[] {
  const store = new DatabaseSync(path, { readOnly: true });
  const rows = store
    .prepare('SELECT * FROM conversation_logs_latest WHERE timestamp >= ? ORDER BY timestamp')
    .all(since);
  store.close();
  return rows.map((row) => ({
    ...row,
    tools_used: JSON.parse(String(row.tools_used)),
    success: toBoolean(row.success),
  }));
}

async function readBigQuery(project: string, dataset: string, table: string, since: string): Promise<Row[]> {
  const { BigQuery } = await import('@google-cloud/bigquery');
  const query = `SELECT * FROM \`${project}.${dataset}.${table}_latest\` WHERE timestamp >= '${since}' ORDER BY timestamp`;
  const [rows] = await new BigQuery({ projectId: project }).query({ query });
  return rows;
}

function toBoolean(value: unknown): boolean | null {
  return value === null ? null : value === 1;
}

function renderCell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return [...new Set(value)].map((name) => `${count(value, name)} × ${name}`).join('\n');
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(5);
  const text = String(value);
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}

function count(values: readonly unknown[], wanted: unknown): number {
  return values.filter((value) => value === wanted).length;
}
