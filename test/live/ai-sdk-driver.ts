import { OpenTelemetry } from '@ai-sdk/otel';
import { APICallError, generateText, type ModelMessage, registerTelemetry, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import { z } from 'zod';
import {
  type ConversationDriver,
  runTool,
  type ScriptedTurn,
  type ScriptStep,
  type ServedTokens,
  TOOL_NAMES,
} from './conversation-script.ts';

type GenerateResult = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;
type StreamPart = Parameters<typeof simulateReadableStream<StreamChunk>>[0]['chunks'][number];
type StreamChunk =
  Awaited<ReturnType<MockLanguageModelV4['doStream']>>['stream'] extends ReadableStream<infer Part> ? Part : never;

/** Vercel AI SDK 7 with its own telemetry; call it once a process. */
export function registerAiSdkTelemetry(): void {
  registerTelemetry(new OpenTelemetry({ usage: true, runtimeContext: true }));
}

export const runOnAiSdk: ConversationDriver = async ({ user, session, turns }, pace) => {
  const tools = Object.fromEntries(
    TOOL_NAMES.map((name) => [
      name,
      tool({ description: name, inputSchema: z.object({}), execute: () => runTool(name, session, pace) }),
    ]),
  );
  const history: ModelMessage[] = [];
  for (const turn of turns) {
    history.push({ role: 'user', content: turn.question });
    const options = {
      model: modelOf(turn, () => pace.moment(session)),
      instructions: 'Help.',
      messages: [...history],
      tools,
      stopWhen: stepCountIs(5),
      maxRetries: 0,
      telemetry: { functionId: 'live_agent', includeRuntimeContext: { sessionId: true, userId: true } },
      runtimeContext: { sessionId: session, userId: user },
    };
    try {
      const result = turn.streamed ? streamText({ ...options, onError: () => {} }) : await generateText(options);
      history.push({ role: 'assistant', content: await result.text });
    } catch {
      // The script says that this turn fails; the next one goes on without it.
      history.pop();
    }
  }
};

function modelOf(turn: ScriptedTurn, moment: () => Promise<void>): MockLanguageModelV4 {
  const steps = [...turn.steps];
  const next = async (): Promise<GenerateResult> => {
    await moment();
    const step = steps.shift();
    if (step === undefined) throw new Error('the script is over');
    return answerOf(step);
  };
  return new MockLanguageModelV4({
    provider: 'mock-provider',
    modelId: 'mock-large-1',
    doGenerate: next,
    doStream: async () => ({ stream: simulateReadableStream({ chunks: chunksOf(await next()) }) }),
  });
}

let callNumber = 0;

function answerOf(step: ScriptStep): GenerateResult {
  if (step.does === 'fail') {
    throw new APICallError({
      message: step.message,
      url: 'http://127.0.0.1/v1',
      requestBodyValues: {},
      statusCode: 503,
    });
  }
  const usage = usageOf(step.tokens);
  if (step.does === 'ask') {
    const content = step.tools.map((toolName) => {
      callNumber += 1;
      return { type: 'tool-call', toolCallId: `call_${callNumber}`, toolName, input: '{}' } as const;
    });
    return { content, finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage, warnings: [] };
  }
  const thoughts = step.tokens.thoughts > 0 ? [{ type: 'reasoning', text: step.thought } as const] : [];
  const content = [...thoughts, { type: 'text', text: step.text } as const];
  return { content, finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] };
}

function chunksOf({ content, finishReason, usage }: GenerateResult): StreamPart[] {
  const chunks: StreamPart[] = [{ type: 'stream-start', warnings: [] }];
  for (const [index, part] of content.entries()) {
    const id = String(index);
    if (part.type === 'text' || part.type === 'reasoning') {
      chunks.push({ type: `${part.type}-start`, id });
      for (const delta of part.text.match(/\S+\s*/g) ?? []) chunks.push({ type: `${part.type}-delta`, id, delta });
      chunks.push({ type: `${part.type}-end`, id });
    } else if (part.type === 'tool-call') chunks.push(part);
  }
  return [...chunks, { type: 'finish', finishReason, usage }];
}

function usageOf({ prompt, visible, thoughts, cached }: ServedTokens): GenerateResult['usage'] {
  return {
    inputTokens: { total: prompt, noCache: prompt - cached, cacheRead: cached, cacheWrite: undefined },
    outputTokens: { total: visible + thoughts, text: visible, reasoning: thoughts },
  };
}
