/**
 * Joins the compiled modules into one file for each entry and shared chunks for the rest. A start reads a dozen files
 * in place of eighty, which is what it spends its time on; what is imported lazily stays apart. Packages stay outside.
 *
 *     node scripts/bundle-dist.ts [dist]
 */
import { chmod, readdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** The modules that `exports` and `bin` of package.json name, and whatever they import. */
export async function bundleDist(dist: string): Promise<void> {
  const compiled = await listModules(dist);
  const entries = compiled.filter((file) =>
    /^src\/(?:index|instrument|adk|zip|cli\/main)\.js$|^exporters\/[^/]+\.js$/.test(file),
  );
  const result = await build({
    entryPoints: entries.map((file) => join(dist, file)),
    outdir: dist,
    outbase: dist,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    sourcemap: true,
    allowOverwrite: true,
    metafile: true,
    logLevel: 'warning',
  });
  const written = new Set(Object.keys(result.metafile.outputs).map((file) => resolve(file)));
  const joined = compiled.map((file) => resolve(dist, file)).filter((file) => !written.has(file));
  await Promise.all(joined.flatMap((file) => [rm(file), rm(`${file}.map`)]));
  // npm makes a command executable when it installs the package, not when a checkout is built again.
  await chmod(join(dist, 'src/cli/main.js'), 0o755);
  await inlineStart(dist);
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
    entryPoints: [entry],
    outfile: entry,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    sourcemap: true,
    allowOverwrite: true,
    logLevel: 'warning',
    plugins: [later],
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
