import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-list.ts';
import { runTestCli } from './test-context.ts';

test('help lists every command on standard output', async () => {
  const { exitCode, stdout, stderr } = await runTestCli(['--help']);
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  for (const { name, summary } of COMMANDS)
    expect(stdout).toMatch(new RegExp(`^ {2}${name} .*${summary.slice(0, 20)}`, 'm'));
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await runTestCli(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  { argv: [], said: 'Usage: spanledger' },
  { argv: ['shema'], said: 'Did you mean schema?' },
  { argv: ['schema', '--dialekt', 'json'], said: 'Did you mean --dialect?' },
  { argv: ['schema', '--dialect', 'oracle'], said: 'Allowed choices are bigquery, sqlite, json' },
  { argv: ['schema', 'extra'], said: 'too many arguments' },
])('wrong usage $argv exits 2, says what is right, and prints no result', async ({ argv, said }) => {
  const { exitCode, stdout, stderr } = await runTestCli(argv);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(said);
});

test.each(COMMANDS)('$name explains itself and offers --json', async ({ name }) => {
  const { exitCode, stdout } = await runTestCli([name, '--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('--json');
});
