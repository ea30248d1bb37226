import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packTarball } from './pack-tarball.ts';

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
  provide('tarball', packTarball(directory));
  return () => rmSync(directory, { recursive: true, force: true });
}
