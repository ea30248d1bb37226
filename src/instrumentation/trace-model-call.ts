import type { Span } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { messageAttributes } from './message-attributes.ts';
import { recordSpan } from './record-span.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface TraceModelCallOptions {
  /** Model asked for, e.g. `gemini-2.5-flash`. */
  readonly model: string;
  /** Provider by the semantic conventions' names, e.g. `gcp.vertex_ai`, `openai`. */
  readonly provider?: string | undefined;
  /** The last user message of the prompt. */
  readonly question?: string | undefined;
}

/** Tokens as the provider reports them. Leave out what it does not report: missing is not 0. */
export interface ModelUsage {
  /** Prompt tokens, cached ones included. */
  readonly inputTokens?: number | undefined;
  /** Output tokens, reasoning included. */
  readonly outputTokens?: number | undefined;
  /** Prompt tokens that a cache served. */
  readonly cachedInputTokens?: number | undefined;
  /** Prompt tokens that were written into a cache. */
  readonly cacheCreationInputTokens?: number | undefined;
  /** Output tokens of thoughts. */
  readonly reasoningTokens?: number | undefined;
  /** Prompt tokens of the results of the provider's own tools (Gemini). */
  readonly toolUsePromptTokens?: number | undefined;
  /** As the provider says it; it is not made of the others. */
  readonly totalTokens?: number | undefined;
}

/** What a traced model call can say of itself while it runs. */
export interface ModelCallTrace {
  /** The span itself, for attributes of your own. */
  readonly span: Span;
  /** May be called again while a response streams; the last value wins. */
  setUsage(usage: ModelUsage): void;
  setAnswer(answer: string): void;
  setResponseModel(model: string): void;
  setFinishReasons(reasons: readonly string[]): void;
  /** Call when the first chunk of a streamed response arrives. Later calls change nothing. */
  markFirstChunk(): void;
}

/**
 * Runs one call of a model. The error of `work` is recorded and passes through untouched.
 *
 * @example
 * const response = await traceModelCall({ provider: 'openai', model: 'gpt-5' }, async (call) => {
 *   const response = await client.responses.create({ model: 'gpt-5', input });
 *   call.setUsage({ inputTokens: response.usage.input_tokens, outputTokens: response.usage.output_tokens });
 *   call.setAnswer(response.output_text);
 *   return response;
 * });
 */
export function traceModelCall<Result>(options: TraceModelCallOptions, work: (call: ModelCallTrace) => Result): Result {
  const attributes = withoutUndefined({
    [ATTRIBUTE_KEYS.operationName]: 'chat',
    [ATTRIBUTE_KEYS.requestModel]: options.model,
    [ATTRIBUTE_KEYS.providerName]: options.provider,
    ...messageAttributes({ question: options.question }),
  });
  return recordSpan({ name: `chat ${options.model}`, attributes }, (span) => work(modelCallTrace(span)));
}

function modelCallTrace(span: Span): ModelCallTrace {
  const startedAt = performance.now();
  let firstChunkSeen = false;
  return {
    span,
    setUsage: (usage) => {
      span.setAttributes(
        withoutUndefined({
          [ATTRIBUTE_KEYS.inputTokens]: usage.inputTokens,
          [ATTRIBUTE_KEYS.outputTokens]: usage.outputTokens,
          [ATTRIBUTE_KEYS.cacheReadInputTokens]: usage.cachedInputTokens,
          [ATTRIBUTE_KEYS.cacheCreationInputTokens]: usage.cacheCreationInputTokens,
          [ATTRIBUTE_KEYS.reasoningOutputTokens]: usage.reasoningTokens,
          [ATTRIBUTE_KEYS.toolUsePromptTokens]: usage.toolUsePromptTokens,
          [ATTRIBUTE_KEYS.totalTokens]: usage.totalTokens,
        }),
      );
    },
    setAnswer: (answer) => span.setAttributes(messageAttributes({ answer })),
    setResponseModel: (model) => span.setAttribute(ATTRIBUTE_KEYS.responseModel, model),
    setFinishReasons: (reasons) => span.setAttribute(ATTRIBUTE_KEYS.finishReasons, [...reasons]),
    markFirstChunk: () => {
      if (firstChunkSeen) return;
      firstChunkSeen = true;
      // Seconds, as the conventions' metric of the same name.
      span.setAttribute(ATTRIBUTE_KEYS.timeToFirstChunk, (performance.now() - startedAt) / 1_000);
    },
  };
}
