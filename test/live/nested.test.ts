import { FunctionTool, InMemoryRunner, LlmAgent, LogLevel, setLogLevel } from '@google/adk';
import { context, propagation, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SpanledgerPlugin } from '../../src/adk.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { createSpanledger, type Spanledger } from '../../src/start/spanledger.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { callTool, ScriptedLlm, say } from '../support/scripted-llm.ts';
import { registerAiSdkTelemetry, runOnAiSdk } from './ai-sdk-driver.ts';
import type { ScriptedTurn } from './conversation-script.ts';
import { instrumentLangChain, langChainDriver } from './langchain-driver.ts';
import { LoopbackOpenAi } from './loopback-openai.ts';
import { Pace } from './pace.ts';

const sink = new CollectingSink();
let ledger: Spanledger;
let server: LoopbackOpenAi;

beforeAll(async () => {
  ledger = createSpanledger({
    configFile: false,
    env: {},
    sink,
    diagnostics: createDiagnostics(),
    traceExporters: ['none'],
  });
  const provider = new NodeTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
  provider.register();
  registerAiSdkTelemetry();
  instrumentLangChain(provider);
  server = await LoopbackOpenAi.start();
});

afterAll(async () => {
  await ledger.shutdown();
  await server.stop();
  trace.disable();
  context.disable();
  propagation.disable();
});

it('counts the calls of agents of other frameworks, used as tools, to the turn that used them', async () => {
  setLogLevel(LogLevel.ERROR);
  const expert = (name: string, run: () => Promise<void>): FunctionTool =>
    new FunctionTool({
      name,
      description: name,
      execute: async () => {
        await run();
        return { answer: `${name} has spoken` };
      },
    });
  const inner = (text: string, prompt: number): ScriptedTurn => ({
    question: `What does ${text} know?`,
    streamed: false,
    steps: [
      { does: 'ask', tools: ['look_up'], tokens: { prompt, visible: 1, thoughts: 2, cached: 3 } },
      { does: 'say', text, thought: '', tokens: { prompt, visible: 1, thoughts: 2, cached: 3 } },
    ],
  });
  const others = { user: 'nobody', session: 'inner', turns: [] };
  const agent = new LlmAgent({
    name: 'host_agent',
    instruction: 'Help.',
    model: new ScriptedLlm(
      [callTool('ask_ai', {}, { prompt: 1, candidates: 10 })],
      [callTool('ask_langchain', {}, { prompt: 1, candidates: 10 })],
      [say('Both have spoken.', { prompt: 1, candidates: 10 })],
    ),
    tools: [
      expert('ask_ai', () => runOnAiSdk({ ...others, turns: [inner('the AI SDK', 100)] }, new Pace(1))),
      expert('ask_langchain', () =>
        langChainDriver(server)({ ...others, turns: [inner('LangChain', 10_000)] }, new Pace(1)),
      ),
    ],
  });
  const runner = new InMemoryRunner({ agent, appName: 'nested', plugins: [new SpanledgerPlugin()] });
  await runner.sessionService.createSession({ appName: 'nested', userId: 'ana', sessionId: 'outer' });
  const newMessage = { role: 'user', parts: [{ text: 'What do they know?' }] };
  for await (const _event of runner.runAsync({ userId: 'ana', sessionId: 'outer', newMessage }));
  await ledger.flush();

  expect(sink.rows('conversation_logs')).toEqual([
    expect.objectContaining({
      user_id: 'ana',
      session_id: 'outer',
      agent_name: 'host_agent',
      user_question: 'What do they know?',
      agent_response: 'Both have spoken.',
      success: true,
      complete: true,
      tools_used: ['ask_ai', 'look_up', 'ask_langchain', 'look_up'],
      model_call_count: 7,
      prompt_token_count: 3 + 2 * 100 + 2 * 10_000,
      candidates_token_count: 3 * 10 + 4,
      thoughts_token_count: 8,
      cached_content_token_count: 12,
      total_token_count: 20_203 + 34 + 8,
    }),
  ]);
});
