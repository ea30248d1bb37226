import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder for one test file, removed at its end. */
export function useFolder(): { path(...segments: string[]): string } {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return { path: (...segments) => join(folder, ...segments) };
}
