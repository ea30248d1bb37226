import { AgentTool, type BaseTool, FunctionTool, InMemoryRunner, LlmAgent } from '@google/adk';
import { type Attributes, trace } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { SpanledgerPlugin } from '../../src/instrumentation/adk/spanledger-plugin.ts';
import { readTurnBaggage } from '../../src/instrumentation/turn-baggage.ts';
import { turnContext } from '../../src/instrumentation/turn-context.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { collectAdkRows } from '../support/collect-adk-rows.ts';
import { callTool, ScriptedLlm, type ScriptStep, say } from '../support/scripted-llm.ts';

const { rows, processor } = collectAdkRows();

const lookUp = new FunctionTool({
  name: 'look_up',
  description: 'Looks up',
  execute: () => ({ found: 3 }),
});

const broken = new FunctionTool({
  name: 'broken',
  description: 'Fails',
  execute: () => {
    throw new RangeError('out of paper');
  },
});

interface Run {
  readonly steps: readonly ScriptStep[];
  readonly tools?: BaseTool[];
  readonly user?: string;
  readonly question?: string;
  readonly plugin?: SpanledgerPlugin;
  readonly stopAfter?: number;
}

async function run({ steps, tools = [], user = 'ana', question = 'how many?', plugin, stopAfter }: Run): Promise<void> {
  const agent = new LlmAgent({ name: 'finder', model: new ScriptedLlm(...steps), tools, instruction: 'Help.' });
  const runner = new InMemoryRunner({ agent, appName: 'test', plugins: [plugin ?? new SpanledgerPlugin()] });
  const session = await runner.sessionService.createSession({ appName: 'test', userId: user, sessionId: `s-${user}` });
  const newMessage = { role: 'user', parts: [{ text: question }] };
  let events = 0;
  for await (const _event of runner.runAsync({ userId: user, sessionId: session.id, newMessage })) {
    events += 1;
    if (events === stopAfter) break;
  }
}

async function rowOf(options: Run): Promise<ConversationRecord> {
  await run(options);
  await processor.writeAll();
  expect(rows).toHaveLength(1);
  return rows[0] ?? expect.fail();
}

const toolLoop: readonly ScriptStep[] = [
  [callTool('look_up', {}, { prompt: 100, candidates: 7, thoughts: 11 })],
  [say('three', { prompt: 200, candidates: 5, thoughts: 2, cached: 64 })],
];

describe('SpanledgerPlugin', () => {
  it.each(['true', 'false'])('gives the whole row, ADK capturing content: %s', async (captures) => {
    vi.stubEnv('ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS', captures);
    expect(await rowOf({ steps: toolLoop, tools: [lookUp] })).toMatchObject({
      user_id: 'ana',
      session_id: 's-ana',
      conversation_id: 's-ana',
      agent_name: 'finder',
      user_question: 'how many?',
      agent_response: 'three',
      success: true,
      complete: true,
      tools_used: ['look_up'],
      prompt_token_count: 300,
      candidates_token_count: 12,
      thoughts_token_count: 13,
      cached_content_token_count: 64,
      total_token_count: 325,
      model_call_count: 2,
      response_model: 'gemini-2.5-flash-001',
    });
  });

  it('tells a model that threw, and its message', async () => {
    const row = await rowOf({ steps: [new Error('quota is gone')] });
    expect(row).toMatchObject({ success: false, agent_response: null, prompt_token_count: null });
    expect(row.request_model).toBe('gemini-2.5-flash');
    expect(row.error_message).toContain('quota is gone');
  });

  it('tells a tool that threw and was handled: the turn is a success', async () => {
    vi.stubEnv('ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS', 'false');
    const steps = [
      [callTool('broken', {}, { prompt: 10, candidates: 1 })],
      [say('sorry', { prompt: 20, candidates: 2 })],
    ];
    const row = await rowOf({ steps, tools: [broken] });
    expect(row).toMatchObject({ success: true, agent_response: 'sorry', tools_used: ['broken'], tool_error_count: 1 });
    expect(row.tool_calls[0]).toMatchObject({ name: 'broken', success: false });
    expect(row.tool_calls[0]?.error).toContain('out of paper');
  });

  it('keeps two users apart who ask at the same time', async () => {
    await Promise.all([
      run({ steps: toolLoop, tools: [lookUp], user: 'ana', question: 'mine?' }),
      run({ steps: [[say('yours', { prompt: 1, candidates: 1 })]], user: 'ben', question: 'yours?' }),
    ]);
    await processor.writeAll();
    const told = rows.map((row) => [row.user_id, row.user_question, row.agent_response, row.total_token_count]);
    expect(told.sort()).toEqual([
      ['ana', 'mine?', 'three', 325],
      ['ben', 'yours?', 'yours', 2],
    ]);
  });

  it('takes the last usage of a streamed answer', async () => {
    const piece = { partial: true, content: { role: 'model', parts: [{ text: 'th' }] } };
    const row = await rowOf({
      steps: [
        [
          { ...piece, ...say('th', { prompt: 9, candidates: 1 }), partial: true },
          piece,
          say('three', { prompt: 9, candidates: 4 }),
        ],
      ],
    });
    expect(row).toMatchObject({ agent_response: 'three', prompt_token_count: 9, candidates_token_count: 4 });
  });

  it('counts the calls of an agent that is used as a tool to the turn', async () => {
    const expert = new LlmAgent({
      name: 'expert',
      description: 'Knows',
      model: new ScriptedLlm([say('42', { prompt: 30, candidates: 3 })]),
    });
    const steps = [
      [callTool('expert', { request: 'what?' }, { prompt: 10, candidates: 1 })],
      [say('it is 42', { prompt: 20, candidates: 2 })],
    ];
    const row = await rowOf({ steps, tools: [new AgentTool({ agent: expert })] });
    expect(row).toMatchObject({
      user_question: 'how many?',
      agent_response: 'it is 42',
      tools_used: ['expert'],
      prompt_token_count: 60,
      candidates_token_count: 6,
    });
  });

  it('gives a row for a caller that stops listening early', async () => {
    const row = await rowOf({ steps: toolLoop, tools: [lookUp], stopAfter: 1 });
    expect(row).toMatchObject({ user_id: 'ana', user_question: 'how many?', complete: false });
  });

  it('keeps question and answer off the spans where it is told to', async () => {
    vi.stubEnv('ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS', 'false');
    const row = await rowOf({
      steps: toolLoop,
      tools: [lookUp],
      plugin: new SpanledgerPlugin({ captureContent: false }),
    });
    expect(row).toMatchObject({ user_question: null, agent_response: null, total_token_count: 325, success: true });
  });

  it('names the turn for other processes, from within a tool', async () => {
    let named: Attributes = {};
    const publish = new FunctionTool({
      name: 'publish',
      description: 'Orders a ZIP',
      execute: () =>
        trace.getTracer('host').startActiveSpan('publish', (span) => {
          named = readTurnBaggage(turnContext());
          span.end();
        }),
    });
    const row = await rowOf({ steps: [[callTool('publish', {})], [say('soon')]], tools: [publish] });
    expect(named['spanledger.message_id']).toBe(row.message_id);
  });

  it('adds the attributes of the host to every turn', async () => {
    const plugin = new SpanledgerPlugin({ attributes: { 'spanledger.api_version': '1.4.0' } });
    expect((await rowOf({ steps: [[say('x')]], plugin })).api_version).toBe('1.4.0');
  });
});
