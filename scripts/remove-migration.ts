/**
 * Takes the migration out of a checkout: its room, the files beside it that only it has, and each line that registers it,
 * which ends in the comment `migration`. What imports a deleted module and nothing else is deleted with it.
 *
 *     node scripts/remove-migration.ts DIRECTORY
 *     node scripts/remove-migration.ts --check     on a copy, with the type check and the remaining tests
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

const FILES = [
  'src/migration',
  'src/config/settings/migration.ts',
  'src/cli/commands/verify.ts',
  'src/cli/count-fallback-rows.ts',
  'exporters/dual.ts',
  'docs/migration.md',
];

/** More of them would mean that the migration has grown into the house. */
const MAX_LINES = 10;

const MARK = /(?:\/\/|#|<!--) migration(?: -->)?$/;
const IMPORT = /^(?:import|export)\b[^;]*?from '(\.[^']+)';(?: \/\/ migration)?\n/gm;

/** @returns the lines of `src` and `exporters` that were removed, but for imports */
export function removeMigration(directory: string): readonly string[] {
  const files = FILES.flatMap((file) => globSync(`${file}{,/**}`, { cwd: directory }));
  const tests = globSync('test/**/*.ts', { cwd: directory }).filter((file) => isTestOfMigration(directory, file));
  for (const file of [...FILES, ...tests]) rmSync(join(directory, file), { recursive: true });
  const removed: string[] = [];
  for (const file of globSync('{src,exporters,test,examples,bench,scripts}/**/*.{ts,yaml,md}', { cwd: directory })) {
    const text = readFileSync(join(directory, file), 'utf8');
    const withoutImports = text.replace(IMPORT, (statement, path: string) =>
      files.includes(relative(directory, resolve(directory, dirname(file), path))) ? '' : statement,
    );
    const lines = withoutImports.split('\n');
    const kept = lines.filter((line) => !MARK.test(line));
    if (/^(?:src|exporters)\//.test(file))
      removed.push(...lines.filter((line) => MARK.test(line)).map((line) => `${file}: ${line.trim()}`));
    if (kept.join('\n') !== text) writeFileSync(join(directory, file), kept.join('\n'));
  }
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  delete manifest.exports['./exporters/dual'];
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return removed;
}
