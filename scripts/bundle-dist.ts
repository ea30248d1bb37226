/**
 * Joins the compiled modules into one file for each entry and shared chunks for the rest. A start reads a dozen files
 * in place of eighty, which is what it spends its time on; what is imported lazily stays apart. Packages that package.json
 * names for users stay outside; others, OpenTelemetry's SDK, are joined in, with their licences in a file beside.
 *
 *     node scripts/bundle-dist.ts [dist]
 */
import { readFileSync } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { SETTINGS } from '../src/config/settings.ts';

const ROOT = join(import.meta.dirname, '..');
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
/** Not declared, though the sources know them: npm refuses whole trees for the peers of these, also where nobody has them. */
const UNDECLARED = ['@google-cloud/opentelemetry-cloud-trace-exporter', '@opentelemetry/exporter-trace-otlp-grpc'];
const OPTIONAL = new Set([...Object.keys(MANIFEST.peerDependenciesMeta), ...UNDECLARED]);
const OUTSIDE = new Set([
  ...UNDECLARED,
  ...Object.keys({ ...MANIFEST.dependencies, ...MANIFEST.peerDependencies }),
  ...builtinModules,
  MANIFEST.name,
]);

/**
 * What stays outside is imported, also where a joined CommonJS module requires it: an ES module has no `require`.
 */
const outside: Plugin = {
  name: 'outside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const [, name = path] = /^(?:node:)?((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
      if (kind === 'entry-point' || !OUTSIDE.has(name)) return undefined;
      return kind === 'require-call' ? { path, namespace: 'outside' } : { path, external: true };
    });
    onLoad({ filter: /./, namespace: 'outside' }, ({ path }) => ({ contents: `export * from '${path}'` }));
  },
};

const OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  // The compiled modules may be anywhere; the packages are those of this checkout.
  nodePaths: [join(ROOT, 'node_modules')],
  sourcemap: true,
  allowOverwrite: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** The modules that `exports` and `bin` of package.json name, and whatever they import. */
export async function bundleDist(dist: string): Promise<void> {
  const compiled = await listModules(dist);
  const entries = compiled.filter((file) =>
    /^src\/(?:index|instrument|adk|zip|cli\/main)\.js$|^exporters\/[^/]+\.js$/.test(file),
  );
  const result = await build({
    ...OPTIONS,
    entryPoints: entries.map((file) => join(dist, file)),
    outdir: dist,
    outbase: dist,
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    metafile: true,
    plugins: [outside],
  });
  const written = new Set(Object.keys(result.metafile.outputs).map((file) => resolve(file)));
  const joined = compiled.map((file) => resolve(dist, file)).filter((file) => !written.has(file));
  await Promise.all(joined.flatMap((file) => [rm(file), rm(`${file}.map`)]));
  // npm makes a command executable when it installs the package, not when a checkout is built again.
  await chmod(join(dist, 'src/cli/main.js'), 0o755);
  await inlineStart(dist);
  await markOptionalImports(dist);
  await describeSettings(dist);
  await writeFile(
    join(dist, 'THIRD-PARTY.txt'),
    renderLicences(Object.keys(result.metafile.inputs).filter((file) => !compiled.includes(relative(dist, file)))),
  );
}

/**
 * What bundlers see of the packages that need not be there: to esbuild, webpack and others an import within `try` is no
 * must, yet they take what is installed into the bundle.
 */
async function markOptionalImports(dist: string): Promise<void> {
  const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith('.js'));
  for (const file of files) {
    const text = await readFile(join(dist, file), 'utf8');
    const marked = text
      .replaceAll(/\(\) => (import\("([^"]+)"\))/g, (loader, imported, name) =>
        OPTIONAL.has(name)
          ? `async () => { try { return await ${imported}; } catch (error) { throw error; } }`
          : loader,
      )
      // A module that the user names is found at run time.
      .replaceAll(
        /(?<=\bimport\()(?=__rewrite)/g,
        '/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ ',
      );
    if (marked !== text) await writeFile(join(dist, file), marked);
  }
}

/** What editors show of each option of `start()`: the settings' own sentences, as comments of their declarations. */
async function describeSettings(dist: string): Promise<void> {
  const directory = join(dist, 'src/config/settings');
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.d.ts')) continue;
    const text = await readFile(join(directory, name), 'utf8');
    const described = text.replaceAll(/^ {4}readonly (\w+): \{$/gm, (line, setting) => {
      const { description, fallback, key } = Object.entries(SETTINGS).find(([each]) => each === setting)?.[1] ?? {};
      const preset = fallback === undefined ? '' : ` Default: \`${JSON.stringify(fallback)}\`.`;
      return `    /** ${description}${preset} In the file: \`${key}\`. */\n${line}`;
    });
    await writeFile(join(directory, name), described);
  }
}

/** Of every package that is joined in: its name, its version, and the licence that asks to be passed on. */
function renderLicences(inputs: readonly string[]): string {
  const homes = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const owners = new Map<string, Set<string>>();
  for (const home of homes) {
    const { name, version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    const text = readFileSync(join(home, 'LICENSE'), 'utf8').trim();
    owners.set(text, (owners.get(text) ?? new Set()).add(`${name} ${version}`));
  }
  return [...owners].map(([text, names]) => `${[...names].sort().join('\n')}\n\n${text}\n`).join('\n');
}

/**
 * Makes one file of what every start reads: the entry with its static chunks, and what it imports later left where it
 * is. The entry then has module instances of its own, as any bundle has; what must be one per process is found by
 * registered symbols.
 */
async function inlineStart(dist: string): Promise<void> {
  const entry = join(dist, 'src/instrument.js');
  const later: Plugin = {
    name: 'later',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const target = relative(dirname(entry), resolve(resolveDir, path)).replaceAll('\\', '/');
        return { path: target, external: true };
      });
    },
  };
  await build({
    ...OPTIONS,
    entryPoints: [entry],
    outfile: entry,
    plugins: [later, outside],
    // Chunks are imported bare for their order only.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
}

async function listModules(dist: string): Promise<readonly string[]> {
  const files = await readdir(dist, { recursive: true });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.js') && !file.startsWith('chunks/'));
}

if (import.meta.main) await bundleDist(process.argv[2] ?? 'dist');
