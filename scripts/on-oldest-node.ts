/**
 * Runs tests on the oldest Node that `engines` allows: `npm run test:oldest -- [arguments of vitest]`. It comes from
 * npm into a temporary directory, so that the development dependencies keep theirs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
const version = engines.node.replace('>=', '');

const directory = mkdtempSync(join(tmpdir(), 'spanledger-node-'));
try {
  const install = ['install', '--prefix', directory, '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`];
  if (spawnSync('npm', install, { stdio: 'inherit' }).status !== 0) throw new Error(`node@${version} is not to be had`);
  const bin = join(directory, 'node_modules', '.bin');
  const node = join(bin, 'node');
  console.log(`Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(node, [vitest, 'run', ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      // Processes of tests run the sources, whose types that Node does not strip by itself.
      NODE_OPTIONS: '--experimental-strip-types --disable-warning=ExperimentalWarning',
    },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
