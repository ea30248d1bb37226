import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { NEIGHBOURS, type PackageRange } from '../src/cli/doctor/neighbours.ts';
import { renderConfigSchema } from '../src/config/config-schema.ts';
import { SETTINGS } from '../src/config/settings.ts';
import type { Column } from '../src/record/column.ts';
import { CONVERSATION_COLUMNS } from '../src/record/conversation-columns.ts';
import type { NeighbourResult } from '../test/neighbours/try-neighbour.ts';
import { ROOMS } from './house.ts';

const README = new URL('../README.md', import.meta.url);
const NEIGHBOURS_PAGE = new URL('../docs/neighbours.md', import.meta.url);
const TRIED = new URL('../docs/neighbours.json', import.meta.url);
const SCHEMA = new URL('../config.schema.json', import.meta.url);

/** The README with the tables that come from code rendered anew, each between its two marks. */
export function renderReadme(text: string): string {
  const parts = { house: renderHouse(), tried: renderTried(), settings: renderSettings(), columns: renderColumns() };
  return Object.entries(parts).reduce((readme, [name, part]) => replaceBetween(readme, name, part), text);
}

/** docs/neighbours.md with the table that `spanledger doctor` reads. */
export function renderNeighbours(text: string): string {
  const rows = NEIGHBOURS.map(({ packages, seen, happens, advice }) => [
    packages.map(renderPackage).join(' with '),
    seen || '–',
    happens,
    advice,
  ]);
  return replaceBetween(text, 'neighbours', renderTable(['beside', 'seen with', 'what happens', 'what to do'], rows));
}

function renderPackage({ name, from, below }: PackageRange): string {
  return [`\`${name}\``, from && `from ${from}`, below && `below ${below}`].filter(Boolean).join(' ');
}

/** What `npm run neighbours` has last seen of every instrumentation. */
function renderTried(): string {
  const results: readonly NeighbourResult[] = JSON.parse(readFileSync(TRIED, 'utf8'));
  const rows = results.map(({ name, versions, date, scenarios, silent, failure }) => {
    const silences = Object.values(silent).flatMap((silence) => Object.values(silence));
    const faults = Object.entries(scenarios).flatMap(([scenario, found]) =>
      found.map(({ field, verdict }) => `${verdict}: ${field} (${scenario})`),
    );
    const told = Object.entries(versions).map(([each, version]) => `\`${each}\` ${version}`);
    const wrong = failure === undefined ? faults : ['not tried: it could not be installed'];
    return [name, told.join(', '), date, unique(silences), unique(wrong)];
  });
  return renderTable(['instrumentation', 'tried with', 'on', 'NULL, because', 'not right yet'], rows);
}

function unique(texts: readonly string[]): string {
  return [...new Set(texts)].join('; ') || '–';
}

function renderHouse(): string {
  const lines = [
    ['src/', ''],
    ...ROOMS.map(({ name, holds }) => [`  ${name}/`, holds]),
    ['  index.ts …', 'the entries: what a user imports'],
    ['exporters/', 'the public span exporters, thin, one a file, imported by nobody'],
    ['test/ bench/ examples/ scripts/ docs/', ''],
  ];
  return ['```text', ...lines.map(([name = '', holds = '']) => `${name.padEnd(21)}${holds}`.trimEnd()), '```'].join(
    '\n',
  );
}

function renderSettings(): string {
  const rows = Object.entries(SETTINGS).map(([name, { key, env, fallback, description }]) => {
    const names = [`\`${key.replace('analytics.conversation_tracking.', '')}\``, `\`${name}\``];
    return [...names, env.map((variable) => `\`${variable}\``).join(', '), renderValue(fallback), description];
  });
  return renderTable(['in the file', 'in code', 'environment', 'default', 'meaning'], rows);
}

function renderValue(value: unknown): string {
  const isEmpty =
    value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return isEmpty ? '–' : `\`${String(value)}\``;
}

function renderColumns(): string {
  const rows = CONVERSATION_COLUMNS.flatMap((column: Column) => [column, ...fieldsOf(column)]);
  return renderTable(
    ['column', 'type', 'meaning'],
    rows.map(({ name, type, mode, description }) => [
      `\`${name}\``,
      mode === 'NULLABLE' ? type : `${type} ${mode}`,
      description,
    ]),
  );
}

function fieldsOf({ name, fields = [] }: Column): Column[] {
  return fields.map((field) => ({ ...field, name: `${name}.${field.name}` }));
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

function replaceBetween(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`missing are the marks ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(README, renderReadme(readFileSync(README, 'utf8')));
  writeFileSync(NEIGHBOURS_PAGE, renderNeighbours(readFileSync(NEIGHBOURS_PAGE, 'utf8')));
  writeFileSync(SCHEMA, `${JSON.stringify(renderConfigSchema(), null, 2)}\n`);
}
