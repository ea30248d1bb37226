import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout, type Removal, removeMigration } from '../../scripts/remove-migration.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'without-migration-'));
  copyCheckout(directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
const list = (pattern: string): string[] => globSync(pattern, { cwd: directory });

const CODE = '{src,exporters,test,bench,examples,scripts}/**/*.ts';

describe('a migration that has grown into the house', () => {
  it('is refused, and nothing is removed', () => {
    const [extra, before] = ['src/base/extra.ts', list(CODE).length];
    writeFileSync(join(directory, extra), 'export const extra = 1; // migration\n');
    expect(() => removeMigration(directory)).toThrow(/11 lines register the migration(?:.|\n)*src\/base\/extra\.ts/);
    rmSync(join(directory, extra));
    expect(list(CODE)).toHaveLength(before);
    expect(existsSync(join(directory, 'src/migration'))).toBe(true);
  });
});

describe('a checkout without the migration', () => {
  let removal: Removal;
  beforeAll(() => {
    removal = removeMigration(directory);
  });

  it('lost its room, its tests, and at most ten lines that registered it', () => {
    expect(removal.files).toEqual(expect.arrayContaining(['src/migration', 'test/migration', 'bench/side-by-side.ts']));
    expect(removal.files.filter((file) => existsSync(join(directory, file)))).toEqual([]);
    expect(removal.lines.length).toBeGreaterThan(0);
    expect(removal.lines.length).toBeLessThanOrEqual(10);
  });

  it('lost no test that is about something else', () => {
    const others = removal.files.filter((file) => /^(?!test\/migration\/).*\.(?:test|stress)\.ts$/.test(file));
    expect(others).toEqual(['test/package/migration-guide.test.ts', 'test/scripts/remove-migration.test.ts']);
  });

  it('imports nothing that is gone', () => {
    const missing = list(CODE).flatMap((file) =>
      [...read(file).matchAll(/(?:\bfrom |\bimport\(|^import )'(\.[^']+\.ts)'/gm)]
        .filter(([, path = '']) => !existsSync(join(directory, dirname(file), path)))
        .map(([, path]) => `${file} imports ${path}`),
    );
    expect(missing).toEqual([]);
    expect(list(CODE).filter((file) => /'[^']*\bmigration\/[^']*'/.test(read(file)))).toEqual([]);
  });

  it('has no marked line, and keeps most of its tests', () => {
    const texts = [...list(CODE), ...list('{*.{md,ts},docs/**/*.md,examples/**/*.{md,yaml},.ci/run}')];
    expect(texts.filter((file) => /(?:\/\/|#|<!--) migration(?: -->)?$/m.test(read(file)))).toEqual([]);
    expect(list('test/**/*.test.ts').length).toBeGreaterThan(globSync('test/**/*.test.ts').length / 2);
  });

  it('publishes, runs and checks only what is there', () => {
    const { exports, scripts } = JSON.parse(read('package.json'));
    const modules = Object.values<{ default?: string }>(exports).flatMap((target) => target.default ?? []);
    const sources = modules.map((path) => path.replace('./dist/', '').replace(/\.js$/, '.ts'));
    const run = Object.values<string>(scripts).flatMap((script) => script.match(/(?<![\w./-])[\w./-]+\.ts\b/g) ?? []);
    expect([...sources, ...run].filter((file) => !existsSync(join(directory, file)))).toEqual([]);
    expect(read('.ci/run')).not.toContain('migration');
    expect(read('README.md')).not.toContain('migration/');
  });
});
