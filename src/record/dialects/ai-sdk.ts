import { firstOf } from '../../base/first-of.ts';
import type { Attributes, SpanSnapshot } from '../../spans/span-snapshot.ts';
import { answerMessages, type Message } from '../messages/message.ts';
import { readMessages } from '../messages/read-messages.ts';
import { readToolRequests } from '../messages/read-parts.ts';
import { type ReportedUsage, reportedUsage, tokenCount } from '../reported-usage.ts';
import { type Dialect, preferMessages, type SpanKind } from './dialect.ts';
import { genAiUsage, readGenAi } from './gen-ai-attributes.ts';
import { durationMs, statusError, textOf, textsOf } from './span-attributes.ts';

const AGENTS = new Set(['ai.generateText', 'ai.streamText', 'ai.generateObject', 'ai.streamObject']);

/**
 * Vercel AI SDK 5 and 6, and version 7 with its older telemetry: names under `ai.*`. Span processors of others
 * (Sentry, Traceloop) rename some of them to the GenAI conventions; `ai.operationId` stays.
 */
export const AI_SDK: Dialect = {
  name: 'ai-sdk',
  kindOf(span) {
    const operation = textOf(span.attributes, 'ai.operationId');
    return operation === undefined ? undefined : kindOfOperation(operation);
  },
  read(span, kind) {
    const { attributes } = span;
    const renamed = readGenAi(span, kind);
    const ownName = kind === 'tool' ? 'ai.toolCall.name' : 'ai.telemetry.functionId';
    const finishReasons = textsOf(attributes, 'ai.response.finishReason', 'gen_ai.response.finish_reasons');
    return {
      name: textOf(attributes, ownName) ?? renamed.name,
      callId: textOf(attributes, 'ai.toolCall.id') ?? renamed.callId,
      provider: textOf(attributes, 'ai.model.provider') ?? renamed.provider,
      requestModel: textOf(attributes, 'ai.model.id') ?? renamed.requestModel,
      responseModel: textOf(attributes, 'ai.response.model') ?? renamed.responseModel,
      finishReasons,
      usage: usageOf(attributes, kind),
      // Processors of others pass a handled tool's error status on to the root; what has a reason to finish, finished.
      error: finishReasons.length === 0 ? statusError(span) : undefined,
      timeToFirstTokenMs: durationMs(attributes['ai.response.msToFirstChunk'], 1),
      input: () =>
        preferMessages(
          () => readMessages(textOf(attributes, 'ai.prompt.messages', 'ai.prompt'), 'user'),
          renamed.input,
        ),
      output: () => preferMessages(() => readOutput(span), renamed.output),
    };
  },
};

function kindOfOperation(operation: string): SpanKind {
  if (AGENTS.has(operation)) return 'agent';
  if (operation === 'ai.toolCall') return 'tool';
  return operation.endsWith('.doGenerate') || operation.endsWith('.doStream') ? 'model' : 'step';
}

function usageOf(attributes: Attributes, kind: SpanKind): ReportedUsage | undefined {
  if (kind === 'step' || kind === 'tool') return undefined;
  const count = (...keys: readonly string[]): number | undefined =>
    firstOf(keys, (key) => tokenCount(attributes[`ai.usage.${key}`]));
  // Version 5 repeats only the last step's usage, under its older names, on the outer span of `generateText`.
  const older = kind === 'model';
  const own = reportedUsage({
    input: older ? count('inputTokens', 'promptTokens') : count('inputTokens'),
    output: older ? count('outputTokens', 'completionTokens') : count('outputTokens'),
    total: count('totalTokens'),
    cached: count('inputTokenDetails.cacheReadTokens', 'cachedInputTokens'),
    cacheCreation: count('inputTokenDetails.cacheWriteTokens'),
    reasoning: count('outputTokenDetails.reasoningTokens', 'reasoningTokens'),
    repeatsCalls: kind === 'agent',
  });
  return own ?? (kind === 'model' ? genAiUsage(attributes) : undefined);
}

function readOutput({ attributes }: SpanSnapshot): readonly Message[] {
  const text = textOf(attributes, 'ai.response.text', 'ai.response.object');
  return answerMessages(text === undefined ? [] : [text], readToolRequests(attributes['ai.response.toolCalls']));
}
