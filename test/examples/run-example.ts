import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface ExampleRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example of the repository in a directory of its own, on the sources. */
export async function runExample(
  file: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ExampleRun> {
  const { PATH = '', HOME = '' } = process.env;
  const preload = resolve('test/support/use-sources.ts');
  const child = spawn(process.execPath, ['--import', preload, resolve('examples', file)], {
    cwd,
    env: { PATH, HOME, METADATA_SERVER_DETECTION: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}
