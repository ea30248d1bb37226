import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = resolve('src/cli/main.ts');
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'spanledger-cli-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('runs through a symbolic link', () => {
  const link = join(directory, 'spanledger.ts');
  symlinkSync(MAIN, link);
  const run = spawnSync(process.execPath, [link, 'schema', '--dialect', 'json'], { encoding: 'utf8' });
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toHaveProperty('conversation_logs');
});

test('a wrong command line ends the process with 2', () => {
  expect(spawnSync(process.execPath, [MAIN, 'nothing']).status).toBe(2);
});

test('survives a reader that goes away', async () => {
  const child = spawn(process.execPath, [MAIN, 'schema', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, 'close');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('help loads no command and no library of one', () => {
  const logLoads =
    'import { registerHooks } from "node:module";' +
    'registerHooks({ load: (url, context, next) => (process.stderr.write(url + " "), next(url, context)) });';
  const preload = `data:text/javascript,${encodeURIComponent(logLoads)}`;
  const run = spawnSync(process.execPath, ['--import', preload, MAIN, '--help'], { encoding: 'utf8' });
  expect(run.status).toBe(0);
  expect(run.stderr).toContain('src/cli/run-cli.ts');
  expect(run.stderr).not.toMatch(/cli\/commands|src\/storage|@google|node:sqlite/);
});
