import type { Attributes, SpanSnapshot } from '../../span-tree/span-snapshot.ts';
import type { Message } from '../content/message.ts';
import { readMessages } from '../content/read-messages.ts';
import { readToolRequests } from '../content/read-parts.ts';
import { firstCount, type ReportedUsage, reportedUsage } from '../reported-usage.ts';
import type { Dialect, SpanKind } from './dialect.ts';
import { durationMs, statusError, textOf, textsOf } from './span-attributes.ts';

const FINISH_REASON = 'ai.response.finishReason';
const AGENTS = new Set(['ai.generateText', 'ai.streamText', 'ai.generateObject', 'ai.streamObject']);

/** Vercel AI SDK 5 and 6, and version 7 with its older telemetry: names under `ai.*`. */
export const AI_SDK: Dialect = {
  name: 'ai-sdk',
  kindOf(span) {
    const operation = textOf(span.attributes, 'ai.operationId');
    return operation === undefined ? undefined : kindOfOperation(operation);
  },
  read(span, kind) {
    const { attributes } = span;
    return {
      name:
        kind === 'tool'
          ? textOf(attributes, 'ai.toolCall.name', 'gen_ai.tool.name')
          : textOf(attributes, 'ai.telemetry.functionId'),
      callId: textOf(attributes, 'ai.toolCall.id', 'gen_ai.tool.call.id'),
      provider: textOf(attributes, 'ai.model.provider', 'gen_ai.system'),
      requestModel: textOf(attributes, 'ai.model.id', 'gen_ai.request.model'),
      responseModel: textOf(attributes, 'ai.response.model', 'gen_ai.response.model'),
      finishReasons: textsOf(attributes, FINISH_REASON, 'gen_ai.response.finish_reasons'),
      usage: usageOf(attributes, kind),
      // Processors of others pass a handled tool's error status on to the root; what has a reason to finish, finished.
      error: textOf(attributes, FINISH_REASON) === undefined ? statusError(span) : undefined,
      timeToFirstTokenMs: durationMs(attributes['ai.response.msToFirstChunk'], 1),
      input: () => readMessages(textOf(attributes, 'ai.prompt.messages', 'ai.prompt'), 'user'),
      output: () => readOutput(span),
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
    firstCount(...keys.map((key) => attributes[`ai.usage.${key}`]));
  // Version 5 repeats only the last step's usage, under its older names, on the outer span of `generateText`.
  const older = kind === 'model';
  return reportedUsage({
    input: older ? count('inputTokens', 'promptTokens') : count('inputTokens'),
    output: older ? count('outputTokens', 'completionTokens') : count('outputTokens'),
    total: count('totalTokens'),
    cached: count('inputTokenDetails.cacheReadTokens', 'cachedInputTokens'),
    cacheCreation: count('inputTokenDetails.cacheWriteTokens'),
    reasoning: count('outputTokenDetails.reasoningTokens', 'reasoningTokens'),
  });
}

function readOutput({ attributes }: SpanSnapshot): readonly Message[] {
  const text = textOf(attributes, 'ai.response.text', 'ai.response.object');
  const toolRequests = readToolRequests(attributes['ai.response.toolCalls']);
  if (text === undefined && toolRequests.length === 0) return [];
  return [{ role: 'assistant', texts: text === undefined ? [] : [text], toolRequests, toolAnswers: [] }];
}
