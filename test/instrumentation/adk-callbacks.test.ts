import { FunctionTool, InMemoryRunner, LlmAgent } from '@google/adk';
import { expect, it, vi } from 'vitest';
import { afterAgent, afterModel, beforeAgent, beforeTool, createTrackingCallbacks } from '../../src/adk.ts';
import { collectAdkRows } from '../support/collect-adk-rows.ts';
import { callTool, ScriptedLlm, say } from '../support/scripted-llm.ts';

const { rows, processor } = collectAdkRows();

/** One agent that all turns share, as a server has it. */
function sharedAgent(callbacks: ReturnType<typeof createTrackingCallbacks>): InMemoryRunner {
  const lookUp = new FunctionTool({ name: 'look_up', description: 'Looks up', execute: () => ({ found: 3 }) });
  const steps = Array.from({ length: 60 }, () => [
    say('three', { prompt: 200, candidates: 5, thoughts: 2, cached: 64 }),
  ]);
  const agent = new LlmAgent({
    name: 'finder',
    model: new ScriptedLlm([callTool('look_up', {}, { prompt: 100, candidates: 7, thoughts: 11 })], ...steps),
    tools: [lookUp],
    beforeAgentCallback: callbacks.beforeAgent,
    afterAgentCallback: callbacks.afterAgent,
    beforeToolCallback: callbacks.beforeTool,
    afterModelCallback: callbacks.afterModel,
  });
  return new InMemoryRunner({ agent, appName: 'test' });
}

async function ask(runner: InMemoryRunner, userId: string, text: string): Promise<void> {
  const session = await runner.sessionService.createSession({ appName: 'test', userId, sessionId: `s-${userId}` });
  const newMessage = { role: 'user', parts: [{ text }] };
  for await (const _event of runner.runAsync({ userId, sessionId: session.id, newMessage }));
}

it('gives the same row as the plugin', async () => {
  await ask(sharedAgent({ beforeAgent, afterAgent, beforeTool, afterModel }), 'ana', 'how many?');
  await processor.writeAll();
  expect(rows).toMatchObject([
    {
      user_id: 'ana',
      session_id: 's-ana',
      user_question: 'how many?',
      agent_response: 'three',
      success: true,
      tools_used: ['look_up'],
      prompt_token_count: 300,
      candidates_token_count: 12,
      thoughts_token_count: 13,
      cached_content_token_count: 64,
      total_token_count: 325,
    },
  ]);
});

it('keeps fifty turns of one agent apart', async () => {
  const runner = sharedAgent({ beforeAgent, afterAgent, beforeTool, afterModel });
  const users = Array.from({ length: 50 }, (_, number) => `user-${number}`);
  await Promise.all(users.map((user) => ask(runner, user, `question of ${user}`)));
  await processor.writeAll();
  expect(rows).toHaveLength(50);
  for (const row of rows) {
    expect(row.user_question).toBe(`question of ${row.user_id}`);
    expect(row.session_id).toBe(`s-${row.user_id}`);
    expect(row.agent_response).toBe('three');
    expect(row.total_token_count).toBe(row.tools_used.length === 1 ? 325 : 207);
  }
  expect(new Set(rows.map((row) => row.user_id)).size).toBe(50);
});

it('leaves content out where it is told to', async () => {
  vi.stubEnv('ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS', 'false');
  await ask(sharedAgent(createTrackingCallbacks({ captureContent: false })), 'ben', 'secret question');
  await processor.writeAll();
  const [row] = rows;
  expect(row).toMatchObject({ user_id: 'ben', user_question: null, agent_response: null, total_token_count: 325 });
});

it('does nothing, and throws nothing, without a span', () => {
  expect(() => Reflect.apply(beforeAgent, undefined, [{}])).not.toThrow();
  expect(() => Reflect.apply(afterAgent, undefined, [{}])).not.toThrow();
});
