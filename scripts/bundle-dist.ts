/**
 * Joins the compiled modules into one file for each entry and shared chunks for the rest. A start reads a dozen files
 * in place of eighty, which is what it spends its time on; what is imported lazily stays apart. Packages stay outside.
 *
 *     node scripts/bundle-dist.ts [dist]
 */
import { chmod, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

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
    allowOverwrite: true,
    metafile: true,
    logLevel: 'warning',
  });
  const written = new Set(Object.keys(result.metafile.outputs).map((file) => resolve(file)));
  const joined = compiled.map((file) => resolve(dist, file)).filter((file) => !written.has(file));
  await Promise.all(joined.map((file) => rm(file)));
  // npm makes a command executable when it installs the package, not when a checkout is built again.
  await chmod(join(dist, 'src/cli/main.js'), 0o755);
}

async function listModules(dist: string): Promise<readonly string[]> {
  const files = await readdir(dist, { recursive: true });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.js') && !file.startsWith('chunks/'));
}

if (import.meta.main) await bundleDist(process.argv[2] ?? 'dist');
