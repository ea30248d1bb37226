/**
 * Tries the install commands of the README and the documentation with the newest versions that the registry has, this
 * checkout in the place of `spanledger`: `npm run newest`. Not in CI, which a foreign release must not break.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Command {
  readonly file: string;
  readonly packages: readonly string[];
}

const ROOT = join(import.meta.dirname, '..');
const FILES = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT }).sort()];

/** Commands in `sh` blocks and in code within a line; `npm install` alone installs a clone. */
function readCommands(file: string): Command[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.matchAll(/`(npm install[^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline].flatMap((line) => {
    const packages = /^ *npm install +(.+)$/.exec(line)?.[1]?.split(/\s+/);
    return packages === undefined ? [] : [{ file, packages }];
  });
}

function npm(cwd: string, ...args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const run = spawnSync('npm', [...args, '--loglevel=error'], { cwd, encoding: 'utf8' });
  return { ok: run.status === 0, output: run.status === 0 ? run.stdout : run.stderr };
}

/** Resolves the whole tree as an installation does, and downloads no package. */
function resolveTree(project: string, packages: readonly string[]): string | undefined {
  const quiet = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-online'];
  const { ok, output } = npm(project, 'install', ...quiet, ...packages);
  return ok ? undefined : firstError(output);
}

/** What npm says first, and what stood in the way where it says that. */
function firstError(output: string): string {
  const lines = output.split('\n').map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim());
  const first = lines.find((line) => line !== '' && !line.startsWith('code ')) ?? 'no message';
  const conflict = lines[lines.indexOf('Could not resolve dependency:') + 1];
  return lines.includes('Could not resolve dependency:') ? `${first}: ${conflict}` : first;
}

const directory = mkdtempSync(join(tmpdir(), 'spanledger-newest-'));
try {
  const packed = npm(ROOT, 'pack', '--json', '--pack-destination', directory);
  if (!packed.ok) throw new Error(`npm pack: ${firstError(packed.output)}`);
  const [{ filename }] = JSON.parse(packed.output) as [{ filename: string }];
  const tarball = join(directory, filename);
  const own = (name: string): string => (name === 'spanledger' ? tarball : name);
  const commands = FILES.flatMap(readCommands);
  // What installs no spanledger is for a project that has done so by the first command of the README.
  const start = commands.find(({ packages }) => packages.includes('spanledger'));
  if (start === undefined) throw new Error('no command installs spanledger');

  const results = commands.map(({ file, packages }) => {
    const project = mkdtempSync(join(directory, 'project-'));
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
    const before = packages.includes('spanledger') ? undefined : resolveTree(project, start.packages.map(own));
    const error = before ?? resolveTree(project, packages.map(own));
    return { file, command: `npm install ${packages.join(' ')}`, verdict: error === undefined ? 'ok' : 'fails', error };
  });
  console.log('| file | command | verdict | first error |\n| --- | --- | --- | --- |');
  for (const { file, command, verdict, error = '' } of results) {
    console.log(`| ${file} | ${command} | ${verdict} | ${error} |`);
  }
  process.exitCode = results.every(({ verdict }) => verdict === 'ok') ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
