import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderReadme } from '../scripts/render-readme.ts';
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

  it('names scripts and files that exist', () => {
    for (const [, script = ''] of README.matchAll(/npm run ([\w:-]+)/g)) expect(SCRIPTS, script).toHaveProperty(script);
    for (const [, path = ''] of README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect(existsSync(join(dirname(join(ROOT, 'README.md')), path)), path).toBe(true);
    }
  });

  it('shows the folders that there are', () => {
    const picture = blocks('text').find((block) => block.startsWith('src/\n')) ?? '';
    const named = [...picture.matchAll(/\b([\w-]+)\/(?=[\s,])/g)].map(([, name = '']) => name);
    for (const name of named)
      expect(existsSync(join(ROOT, 'src', name)) || existsSync(join(ROOT, name)), name).toBe(true);
  });
});
