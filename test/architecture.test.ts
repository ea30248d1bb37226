import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOMS } from '../scripts/house.ts';

const ROOT = resolve(import.meta.dirname, '..');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
}

const modules = globSync('{src,exporters}/**/*.ts', { cwd: ROOT });
const imports: readonly Import[] = modules.flatMap((from) => {
  const text = readFileSync(resolve(ROOT, from), 'utf8');
  const found = text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...found].map(([, named, bare, dynamic]) => ({
    from,
    to: named ?? bare ?? dynamic ?? '',
    dynamic: dynamic !== undefined,
  }));
});

/** The public exporters stand on top of the rooms and of the entries, and nothing imports them. */
const FLOORS: readonly string[] = [...ROOMS.map(({ name }) => `src/${name}/`), 'src/', 'exporters/'];

function floorOf(module: string): number {
  return FLOORS.findIndex((floor) => module.startsWith(floor));
}

/** Without whole-line comments. */
function codeOf(module: string): string {
  return readFileSync(resolve(ROOT, module), 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
}

function target({ from, to }: Import): string {
  return relative(ROOT, resolve(ROOT, dirname(from), to));
}

const local = imports.filter(({ to }) => to.startsWith('.'));
const packages = imports.filter(({ to }) => !to.startsWith('.') && !to.startsWith('node:'));

describe('the house', () => {
  it('is read', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(local.length).toBeGreaterThan(modules.length);
  });

  it('imports from rooms above it in the list only, lazily as well', () => {
    const upward = local.filter((each) => floorOf(target(each)) > floorOf(each.from));
    expect(upward.map((each) => `${each.from} imports ${target(each)}`)).toEqual([]);
  });

  it('imports Google packages where they are at home only, and there only as types or when used', () => {
    const google = packages.filter(({ to }) => to.startsWith('@google-cloud/') || to === 'google-auth-library');
    const outside = google.filter(({ from }) => !from.startsWith('src/google/') && from !== 'src/zip/cloud-storage.ts');
    expect(outside.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    const eager = google.filter(({ from, to, dynamic }) => {
      const text = readFileSync(resolve(ROOT, from), 'utf8');
      return !dynamic && !new RegExp(`import type [^;]*'${to}'`).test(text);
    });
    expect(eager.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    expect(google.length).toBeGreaterThan(3);
  });

  it('reads the environment in one place', () => {
    const readers = modules.filter((module) => codeOf(module).includes('process.env'));
    expect(readers.sort()).toEqual(['src/cli/main.ts', 'src/config/resolve-config.ts']);
  });

  it('ends no process and has no default export', () => {
    for (const module of modules) {
      expect(codeOf(module), module).not.toMatch(/process\.exit\(|^export default|^export \*/m);
    }
  });
});
