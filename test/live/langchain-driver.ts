import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbackManager from '@langchain/core/callbacks/manager';
import { ChatOpenAI } from '@langchain/openai';
import type { TracerProvider } from '@opentelemetry/api';
import { createAgent, createMiddleware, ToolMessage, tool } from 'langchain';
import { z } from 'zod';
import { type ConversationDriver, runTool, TOOL_NAMES } from './conversation-script.ts';
import type { LoopbackOpenAi } from './loopback-openai.ts';

/** Makes LangChain emit OpenInference spans; call it before the first agent is made. */
export function instrumentLangChain(tracerProvider: TracerProvider): void {
  new LangChainInstrumentation({ tracerProvider }).manuallyInstrument(callbackManager);
}

/** Tells the model what went wrong, as applications do; without it an exception of a tool ends the run. */
const handleToolErrors = createMiddleware({
  name: 'HandleToolErrors',
  async wrapToolCall(request, handler) {
    try {
      return await handler(request);
    } catch (error) {
      const { id = '', name } = request.toolCall;
      return new ToolMessage({ content: String(error), tool_call_id: id, name, status: 'error' });
    }
  },
});

/** LangChain's agents on an OpenAI-compatible server. */
export function langChainDriver(server: LoopbackOpenAi): ConversationDriver {
  return async ({ user, session, turns }, pace) => {
    const tools = TOOL_NAMES.map((name) =>
      tool(() => runTool(name, session, pace), { name, description: name, schema: z.object({}) }),
    );
    const history: { role: 'user' | 'assistant'; content: string }[] = [];
    for (const turn of turns) {
      server.serve(turn, () => pace.moment(session));
      const model = new ChatOpenAI({
        model: 'gpt-4.1-mini',
        apiKey: 'none',
        maxRetries: 0,
        streamUsage: true,
        configuration: { baseURL: server.baseUrl },
      });
      const agent = createAgent({
        model,
        tools,
        systemPrompt: 'Help.',
        name: 'live_agent',
        middleware: [handleToolErrors],
      });
      history.push({ role: 'user', content: turn.question });
      try {
        const config = { metadata: { thread_id: session, user_id: user } };
        const input = { messages: [...history] };
        const content = turn.streamed ? await streamed(agent, input, config) : await invoked(agent, input, config);
        history.push({ role: 'assistant', content });
      } catch {
        // The script says that this turn fails; the next one goes on without it.
        history.pop();
      }
    }
  };
}

type Agent = ReturnType<typeof createAgent>;
type Input = Parameters<Agent['invoke']>[0];
type Config = Parameters<Agent['invoke']>[1];

async function invoked(agent: Agent, input: Input, config: Config): Promise<string> {
  const { messages } = await agent.invoke(input, config);
  return messages.at(-1)?.text ?? '';
}

/** Makes the model stream too, which `invoke` does not. */
async function streamed(agent: Agent, input: Input, config: Config): Promise<string> {
  let text = '';
  for await (const [message] of await agent.stream(input, { ...config, streamMode: 'messages' })) text += message.text;
  return text;
}
