import { expect, test } from 'vitest';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { runTestCli } from './test-context.ts';

// What it does with a store: test/process/tail.test.ts.

test('it follows no BigQuery, and says what to use', async () => {
  const { exitCode, stdout, stderr } = await runTestCli(['tail', '--project', 'test-project']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(
    'spanledger: tail follows a local store (--store FILE); `spanledger turns` shows the newest turns of BigQuery\n',
  );
});

test('the configuration says where the turns are', async () => {
  const env = { SPANLEDGER_BIGQUERY_PROJECT: 'test-project' };
  expect(await runTestCli(['tail'], { cwd: temporaryDirectory(), env })).toMatchObject({ exitCode: 2 });
});
