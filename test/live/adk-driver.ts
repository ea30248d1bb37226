import {
  BaseLlm,
  type BaseLlmConnection,
  FunctionTool,
  InMemoryRunner,
  LlmAgent,
  type LlmResponse,
  LogLevel,
  StreamingMode,
  setLogLevel,
} from '@google/adk';
import { SpanledgerPlugin } from '../../src/adk.ts';
import { geminiUsage } from '../support/provider-usage.ts';
import {
  type ConversationDriver,
  runTool,
  type ScriptedConversation,
  type ScriptStep,
  TOOL_NAMES,
} from './conversation-script.ts';
import type { Pace } from './pace.ts';

/** Google ADK for TypeScript: one runner a conversation, with the package's plugin. */
export const runOnAdk: ConversationDriver = async (conversation, pace) => {
  setLogLevel(LogLevel.ERROR);
  const { user: userId, session: sessionId, turns } = conversation;
  const runner = new InMemoryRunner({
    agent: agentOf(conversation, pace),
    appName: 'live',
    plugins: [new SpanledgerPlugin()],
  });
  await runner.sessionService.createSession({ appName: 'live', userId, sessionId });
  for (const turn of turns) {
    const newMessage = { role: 'user', parts: [{ text: turn.question }] };
    const runConfig = { streamingMode: turn.streamed ? StreamingMode.SSE : StreamingMode.NONE };
    for await (const _event of runner.runAsync({ userId, sessionId, newMessage, runConfig }));
  }
};

function agentOf(conversation: ScriptedConversation, pace: Pace): LlmAgent {
  const steps = conversation.turns.flatMap((turn) => turn.steps.map((step) => responsesOf(step, turn.streamed)));
  return new LlmAgent({
    name: 'live_agent',
    model: new PacedLlm(steps, () => pace.moment(conversation.session)),
    instruction: 'Help.',
    tools: TOOL_NAMES.map(
      (name) =>
        new FunctionTool({
          name,
          description: name,
          execute: async () => ({ result: await runTool(name, conversation.session, pace) }),
        }),
    ),
  });
}

/** A streamed answer comes in pieces, and once more as a whole with its usage. */
function responsesOf(step: ScriptStep, streamed: boolean): readonly LlmResponse[] | Error {
  if (step.does === 'fail') return new Error(step.message);
  const usageMetadata = geminiUsage(step.tokens);
  const modelVersion = 'gemini-2.5-flash-001';
  if (step.does === 'ask') {
    const parts = step.tools.map((name) => ({ functionCall: { name, args: {} } }));
    return [{ content: { role: 'model', parts }, usageMetadata, modelVersion }];
  }
  const thoughts = step.tokens.thoughts > 0 ? [{ text: step.thought, thought: true }] : [];
  const whole = { content: { role: 'model', parts: [...thoughts, { text: step.text }] }, usageMetadata, modelVersion };
  if (!streamed) return [whole];
  const pieces = step.text
    .split(' ')
    .map((word) => ({ content: { role: 'model', parts: [{ text: `${word} ` }] }, partial: true }));
  return [...pieces, whole];
}

/** A model that answers by script, one step a call. */
class PacedLlm extends BaseLlm {
  readonly #steps: (readonly LlmResponse[] | Error)[];
  readonly #moment: () => Promise<void>;

  constructor(steps: readonly (readonly LlmResponse[] | Error)[], moment: () => Promise<void>) {
    super({ model: 'gemini-2.5-flash' });
    this.#steps = [...steps];
    this.#moment = moment;
  }

  override async *generateContentAsync(): AsyncGenerator<LlmResponse, void> {
    await this.#moment();
    const step = this.#steps.shift() ?? new Error('the script is over');
    if (step instanceof Error) throw step;
    for (const response of step) yield response;
  }

  override connect(): Promise<BaseLlmConnection> {
    return Promise.reject(new Error('not live'));
  }
}
