import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNeighbours, renderReadme } from '../scripts/render-readme.ts';
import { COMMANDS } from '../src/cli/command-list.ts';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SCRIPTS: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'))].map(([, code = '']) => code);
}

describe('the README', () => {
  it('has the tables of the code (npm run readme)', () => {
    expect(renderReadme(README)).toBe(README);
  });

  it('has the neighbours that the doctor knows on their page (npm run readme)', () => {
    const page = readFileSync(join(ROOT, 'docs/neighbours.md'), 'utf8');
    expect(renderNeighbours(page)).toBe(page);
  });

  it('has examples that the compiler takes', () => {
    // Below the package, so that an example's imports are found as a user's would be.
    const directory = mkdtempSync(join(ROOT, 'node_modules', '.readme-'));
    try {
      const examples = blocks('ts');
      expect(examples.length).toBeGreaterThan(4);
      for (const [i, code] of examples.entries())
        writeFileSync(join(directory, `example-${i}.ts`), `${code}\nexport {};\n`);
      const paths = {
        spanledger: [join(ROOT, 'src/index.ts')],
        'spanledger/*': [join(ROOT, 'src/*.ts'), join(ROOT, '*.ts')],
      };
      const tsconfig = { extends: join(ROOT, 'tsconfig.json'), compilerOptions: { paths }, include: ['*.ts'] };
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig));
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
      execFileSync(process.execPath, [compiler, '--noEmit', '-p', directory], { encoding: 'utf8', stdio: 'pipe' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('names every command, and no other', () => {
    const named = [...README.matchAll(/^\| `spanledger (\w+)/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  it('names scripts that exist', () => {
    for (const [, script = ''] of README.matchAll(/npm run ([\w:-]+)/g)) expect(SCRIPTS, script).toHaveProperty(script);
  });

  it('names every folder', () => {
    const picture = blocks('text').find((block) => block.startsWith('src/\n')) ?? '';
    const named = [...picture.matchAll(/(?<=^| )([\w-]+)\/(?=\s)/gm)].map(([, name = '']) => name);
    const folders = (path: string): string[] =>
      readdirSync(join(ROOT, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !/^\.|^(?:node_modules|dist)$/.test(entry.name))
        .map(({ name }) => name);
    expect(named.sort()).toEqual([...folders('.'), ...folders('src')].sort());
  });
});

describe('the documents', () => {
  const documents = globSync('{README,CONTRIBUTING}.md', { cwd: ROOT }).concat(globSync('docs/**/*.md', { cwd: ROOT }));

  it.each(documents)('%s names files that exist', (document) => {
    const text = readFileSync(join(ROOT, document), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) =>
      join(dirname(document), path),
    );
    // The pages of frameworks name files of the reader's own application.
    const isOurs = !document.startsWith('docs/frameworks/');
    const sources = [
      ...(isOurs ? text : '').matchAll(/(?<![\w/.-])(?:src|exporters|scripts|test)\/[\w/.-]+\.(?:ts|json)\b/g),
    ].map(([path]) => path);
    for (const path of [...links, ...sources]) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });
});
