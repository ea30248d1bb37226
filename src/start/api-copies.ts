import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequireFrom } from '../base/create-require.ts';

/** A copy of OpenTelemetry's API in a tree of packages. */
export interface ApiCopy {
  readonly version: string;
  readonly directory: string;
}

const API = '@opentelemetry/api';
/** How deep packages are nested in packages where no list of npm's says it. */
const MAX_DEPTH = 2;

/**
 * The copies of the API that are installed around a file, the one that the file itself gets first, as far as the package
 * manager tells: npm by the list that it keeps, pnpm and Bun by the names in their store, others by where packages lie.
 *
 * @param file path or URL; it need not exist
 */
export function findApiCopies(file: string): readonly ApiCopy[] {
  const modules =
    createRequireFrom(file)
      .resolve.paths(API)
      ?.filter((path) => existsSync(path)) ?? [];
  const directories = new Set([...modules.map((path) => join(path, API)), ...modules.flatMap(listCopies)]);
  return [...directories].flatMap((directory) => {
    const version = readVersion(directory);
    return version === undefined ? [] : [{ version, directory }];
  });
}

/** Newer copies refuse what an older one registered; patches do not count. */
export function isNewer(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major === otherMajor && minor > otherMinor;
}

export function newestOf(copies: readonly ApiCopy[]): ApiCopy | undefined {
  return copies.find((copy) => copies.every(({ version }) => !isNewer(version, copy.version)));
}

/** What to paste so that one copy is installed. */
export function renderOverrides(version: string): string {
  const pair = `{ "${API}": "${version}" }`;
  return (
    `npm install ${API}@${version}, and where others bring their own: ` +
    `npm: "overrides": ${pair} in package.json; pnpm: overrides: ${pair} in pnpm-workspace.yaml; ` +
    `yarn: "resolutions": ${pair} in package.json; then install again`
  );
}

function listCopies(modules: string): readonly string[] {
  const listed = readText(join(modules, '.package-lock.json'))?.matchAll(
    /"([^"]*node_modules\/@opentelemetry\/api)":/g,
  );
  if (listed !== undefined) return [...listed].map(([, path = '']) => join(dirname(modules), path));
  const stored = ['.pnpm', '.bun'].flatMap((store) =>
    listDirectory(join(modules, store))
      .filter((name) => name.startsWith('@opentelemetry+api@'))
      .map((name) => join(modules, store, name, 'node_modules', API)),
  );
  return stored.length > 0 ? stored : walk(modules, MAX_DEPTH);
}

function walk(modules: string, depth: number): readonly string[] {
  const packages = listDirectory(modules).flatMap((name) =>
    name.startsWith('@')
      ? listDirectory(join(modules, name)).map((each) => join(modules, name, each))
      : [join(modules, name)],
  );
  const nested = packages.map((each) => join(each, 'node_modules')).filter((each) => existsSync(each));
  if (depth === 0) return [];
  return nested.flatMap((each) => [join(each, API), ...walk(each, depth - 1)]);
}

function readVersion(directory: string): string | undefined {
  return /"version":\s*"([^"]+)"/.exec(readText(join(directory, 'package.json')) ?? '')?.[1];
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
