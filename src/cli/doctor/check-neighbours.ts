import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nonEmptyString, property, propertyAt } from '../../base/json-value.ts';
import { type Check, ok } from './check.ts';
import { NEIGHBOURS, type Neighbour, type PackageRange } from './neighbours.ts';

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** What is known of the host's dependencies beside the ledger, by the versions that are installed. Reads files only. */
export function checkNeighbours(cwd: string): readonly Check[] {
  const manifest = join(cwd, 'package.json');
  const declared = readJson(manifest);
  const versionOf = ({ name }: PackageRange): string | undefined => {
    const range = KINDS.map((kind) => nonEmptyString(propertyAt(declared, kind, name))).find(Boolean);
    return range === undefined ? undefined : (installedVersion(manifest, name) ?? range);
  };
  const checks = NEIGHBOURS.flatMap((neighbour) => describe(neighbour, neighbour.packages.map(versionOf)) ?? []);
  return checks.length > 0 ? checks : [ok('Neighbours', 'no dependency that needs anything beside this package')];
}

function describe(neighbour: Neighbour, versions: readonly (string | undefined)[]): Check | undefined {
  const { packages, happens, advice, hasRows = false } = neighbour;
  if (!packages.every((range, index) => isIn(range, versions[index]))) return undefined;
  const names = packages.map(({ name }, index) => `${name} ${versions[index]}`).join(' with ');
  return { name: 'Neighbour', status: hasRows ? 'ok' : 'warning', detail: `${names}: ${happens}`, advice };
}

/** @param version installed, or else the range that package.json asks for, whose first number counts */
function isIn({ from = 0, below = Number.POSITIVE_INFINITY }: PackageRange, version: string | undefined): boolean {
  if (version === undefined) return false;
  const major = Number(/\d+/.exec(version)?.[0] ?? Number.NaN);
  return Number.isNaN(major) || (major >= from && major < below);
}

function installedVersion(manifest: string, name: string): string | undefined {
  const paths = createRequire(manifest).resolve.paths(name) ?? [];
  for (const path of paths) {
    const version = nonEmptyString(property(readJson(join(path, name, 'package.json')), 'version'));
    if (version !== undefined) return version;
  }
  return undefined;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
