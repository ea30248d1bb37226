import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LocalStore } from '../../src/store/local-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { runExample } from './run-example.ts';

test('a host that starts NodeSDK itself gets its row', async () => {
  const cwd = temporaryDirectory();
  const run = await runExample('node-sdk/main.ts', cwd);
  expect(run).toEqual({
    status: 0,
    stdout: 'Yes, it rains in Valdivia.\nThe row is in .spanledger/spanledger.db\n',
    stderr: expect.stringMatching(/^\[ANALYTICS\] Statistics shutdown: received=1 stored=1 .*\n$/),
  });
  const store = LocalStore.openReadOnly(join(cwd, '.spanledger/spanledger.db'));
  const rows = store.query('SELECT * FROM conversation_logs_latest');
  const spans = store.query('SELECT name, resource FROM spans');
  store.close();
  expect(rows).toMatchObject([
    {
      user_id: 'ana',
      session_id: 'ana-1',
      user_question: 'Does it rain in Valdivia?',
      agent_response: 'Yes, it rains in Valdivia.',
      tools_used: '["get_weather"]',
      prompt_token_count: 120,
      candidates_token_count: 9,
      thoughts_token_count: 5,
      cached_content_token_count: 64,
      total_token_count: 134,
      service_name: 'weather-agent',
    },
  ]);
  expect(spans.map(({ name }) => name).sort()).toEqual([
    'chat example-model',
    'execute_tool get_weather',
    'invoke_agent weather_agent',
  ]);
});
