import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** Packs this checkout, as `npm publish` would, and says where the file is. It builds before. */
export function packTarball(directory: string): string {
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', directory, '--loglevel=error'], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  // What npm runs before it packs may write to standard output as well.
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[\n'))) as [{ filename: string }];
  return join(directory, filename);
}
