/**
 * Takes the migration out of a checkout: its files, the tests that are about them, and each line that registers it, which
 * ends in the comment `migration` (in Markdown a heading that does takes its section along).
 *
 *     node scripts/remove-migration.ts DIRECTORY
 *     node scripts/remove-migration.ts --check     on a copy, with the build, the type check and the remaining tests
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..');
const PROGRAMS = join(ROOT, 'node_modules/.bin');

/** Whatever in `test` or `bench` imports one of them, unless by a marked line, goes as well. */
const FILES = [
  'src/migration',
  'src/config/settings/migration.ts',
  'src/cli/commands/verify.ts',
  'src/cli/count-fallback-rows.ts',
  'exporters/dual.ts',
  'test/migration',
  'test/fixtures/legacy',
  'test/package/migration-guide.test.ts',
  'docs/migration.md',
  'scripts/remove-migration.ts',
];

/** Where lines are marked. */
const TEXTS = ['*.{md,ts}', '.ci/run', '{src,exporters,test,examples,bench,scripts,docs}/**/*.{ts,yaml,md}'];

/** More of them would mean that the migration has grown into the house. */
const MAX_LINES = 10;

const MARK = /(?:\/\/|#|<!--) migration(?: -->)?$/;
const IMPORT = /^(?:import|export)\b[^;]*?from '(\.[^']+)';(?: \/\/ migration)?\n/gm;
const SECTION = /^## .* <!-- migration -->\n(?:(?!##? ).*\n)*/gm;

export interface Removal {
  readonly files: readonly string[];
  /** The lines of `src` and `exporters`, but for imports. */
  readonly lines: readonly string[];
}

/** @throws where more lines are marked than a migration may have in the house; nothing is removed then */
export function removeMigration(directory: string): Removal {
  const files = findFiles(directory);
  const texts = globSync(TEXTS, { cwd: directory })
    .filter((file) => !files.has(file))
    .map((file) => ({ file, ...withoutMigration(directory, file, files) }));
  const lines = texts.filter(({ file }) => /^(?:src|exporters)\//.test(file)).flatMap(({ removed }) => removed);
  if (lines.length > MAX_LINES) {
    throw new Error(`${lines.length} lines register the migration, more than ${MAX_LINES}:\n${lines.join('\n')}`);
  }
  for (const { file, kept } of texts) writeFileSync(join(directory, file), kept);
  for (const file of files) rmSync(join(directory, file), { recursive: true, force: true });
  editJson<Manifest>(directory, 'package.json', (manifest) => withoutFiles(manifest, files));
  editJson<{ readonly entry: readonly string[] }>(directory, 'knip.json', (knip) => ({
    ...knip,
    entry: knip.entry.filter((pattern) => globSync(pattern, { cwd: directory }).length > 0),
  }));
  execFileSync(process.execPath, [join(directory, 'scripts/render-readme.ts')]);
  execFileSync(join(PROGRAMS, 'biome'), ['check', '--write'], { cwd: directory, stdio: 'pipe' });
  return { files: [...files].sort(), lines };
}

function findFiles(directory: string): ReadonlySet<string> {
  const files = new Set(
    globSync(
      FILES.flatMap((file) => [file, `${file}/**`]),
      { cwd: directory },
    ),
  );
  const importers = globSync('{test,bench}/**/*.ts', { cwd: directory }).map((file) => ({
    file,
    imported: readImports(directory, file),
  }));
  let size: number;
  do {
    size = files.size;
    for (const { file, imported } of importers) if (imported.some((path) => files.has(path))) files.add(file);
  } while (files.size > size);
  return files;
}

function readImports(directory: string, file: string): string[] {
  return readFileSync(join(directory, file), 'utf8')
    .split('\n')
    .filter((line) => !MARK.test(line))
    .flatMap((line) => [...line.matchAll(/(?:\bfrom |\bimport\(|^import )'(\.[^']+)'/g)])
    .map(([, path = '']) => locate(directory, file, path));
}

function locate(directory: string, from: string, path: string): string {
  return relative(directory, resolve(directory, dirname(from), path));
}

function withoutMigration(
  directory: string,
  file: string,
  files: ReadonlySet<string>,
): { readonly kept: string; readonly removed: readonly string[] } {
  const lines = readFileSync(join(directory, file), 'utf8')
    .replace(IMPORT, (statement, path: string) => (files.has(locate(directory, file, path)) ? '' : statement))
    .replace(SECTION, '')
    .split('\n');
  const kept = lines.filter((line) => !MARK.test(line)).join('\n');
  return {
    kept: file.endsWith('.md') ? kept.replace(/\n{3,}/g, '\n\n') : kept,
    removed: lines.filter((line) => MARK.test(line)).map((line) => `${file}: ${line.trim()}`),
  };
}

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly default?: string }>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** Subpaths whose module is gone, and the steps of scripts that run a file that is. */
function withoutFiles(manifest: Manifest, files: ReadonlySet<string>): Manifest {
  const modules = new Set([...files].map((file) => `./dist/${file.replace(/\.ts$/, '.js')}`));
  const subpaths = Object.entries(manifest.exports).filter(([, target]) => !modules.has(target.default ?? ''));
  const scripts = Object.entries(manifest.scripts).map(([name, script]): [string, string] => {
    const steps = script.split(' && ').filter((step) => !step.split(' ').some((word) => files.has(word)));
    return [name, steps.join(' && ')];
  });
  return {
    ...manifest,
    exports: Object.fromEntries(subpaths),
    scripts: Object.fromEntries(scripts.filter(([, script]) => script !== '')),
  };
}

function editJson<T>(directory: string, file: string, edit: (value: T) => T): void {
  const path = join(directory, file);
  writeFileSync(path, JSON.stringify(edit(JSON.parse(readFileSync(path, 'utf8'))), null, 2));
}

/** What git would commit, so that no build comes along, and the packages. */
export function copyCheckout(directory: string): void {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const file of files.filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(directory, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
}

/** @returns whether what is left builds, and passes its type check and its quick tests */
function check(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'without-migration-'));
  try {
    copyCheckout(directory);
    sayRemoval(removeMigration(directory));
    const steps = [
      ['npm', 'run', 'build'],
      [join(PROGRAMS, 'tsc'), '--noEmit'],
      [join(PROGRAMS, 'vitest'), 'run'],
    ] as const;
    return steps.filter(([program, ...args]) => !passes(program, args, directory)).length === 0;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function passes(program: string, args: readonly string[], cwd: string): boolean {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const name = [program.slice(program.lastIndexOf('/') + 1), ...args].join(' ');
  console.log(status === 0 ? `passed: ${name}` : `${stdout}${stderr}\nFAILED: ${name}`);
  return status === 0;
}

function sayRemoval({ files, lines }: Removal): void {
  console.log(`removed ${files.length} files and folders, and what registered them (${lines.length} lines):`);
  for (const line of lines) console.log(`  ${line}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [target] = process.argv.slice(2);
  if (target === '--check') process.exitCode = check() ? 0 : 1;
  else if (target !== undefined) sayRemoval(removeMigration(resolve(target)));
  else throw new Error('name the directory of a checkout, or --check');
}
