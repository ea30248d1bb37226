import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The package as `npm publish` would send it. */
    readonly tarball: string;
    /** Package managers that hosts are installed with. */
    readonly managers: readonly ('npm' | 'pnpm' | 'yarn' | 'yarn-berry')[];
  }
}

/** Packs once for all files of the tier: each pack builds, and two builds at once would fight over `dist`. */
export default function setup({ provide }: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-pack-'));
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', directory, '--loglevel=error'], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  // What npm runs before it packs may write to standard output as well.
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[\n'))) as [{ filename: string }];
  provide('tarball', join(directory, filename));
  return () => rmSync(directory, { recursive: true, force: true });
}
