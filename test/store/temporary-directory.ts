import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A directory of its own for the running test, removed after it.
 *
 * @param onFinished a concurrent test gives the one of its context
 */
export function temporaryDirectory(onFinished: typeof onTestFinished = onTestFinished): string {
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-test-'));
  onFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
