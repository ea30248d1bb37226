import { firstOf } from '../base/first-of.ts';
import { isObject, propertyAt } from '../base/json-value.ts';

/** Token counts of one span as its instrumentation reports them, before the token algebra. */
export interface ReportedUsage {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cached: number | undefined;
  readonly cacheCreation: number | undefined;
  readonly reasoning: number | undefined;
  readonly toolUsePrompt: number | undefined;
  /** What the dialect means by `output`, where the reported total does not tell. */
  readonly outputIncludesReasoning: boolean;
  /** What the dialect means by `input`, where the reported total does not tell. */
  readonly inputIncludesCached: boolean;
  /** Reasoning is left out of `output` and may not be reported at all: no total can be derived then. */
  readonly hidesReasoning: boolean;
  /** The input is the instrumentation's own estimate, not what was served; it is never counted. */
  readonly inputIsEstimate: boolean;
  /**
   * An agent's sum over calls that have spans of their own. Where those are lost they may turn up as a turn of orphans:
   * then the sum would be counted beside them.
   */
  readonly repeatsCalls: boolean;
}

const UNREPORTED: ReportedUsage = {
  input: undefined,
  output: undefined,
  total: undefined,
  cached: undefined,
  cacheCreation: undefined,
  reasoning: undefined,
  toolUsePrompt: undefined,
  outputIncludesReasoning: true,
  inputIncludesCached: true,
  hidesReasoning: false,
  inputIsEstimate: false,
  repeatsCalls: false,
};

/** Usage of a span, or `undefined` where it reports neither input, output nor total. */
export function reportedUsage(usage: Partial<ReportedUsage>): ReportedUsage | undefined {
  if (usage.input === undefined && usage.output === undefined && usage.total === undefined) return undefined;
  return { ...UNREPORTED, ...usage };
}

/**
 * A token count as a safe integer of at least 0, from a number or decimal text. Anything else (negative, fractional,
 * beyond 2^53, not a number) is no count: NULL is better than a wrong number.
 */
export function tokenCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  // `+ 0` turns -0 into 0.
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count + 0 : undefined;
}

// Where providers and frameworks put each count in their JSON.
const INPUT = ['prompt_tokens', 'input_tokens', 'promptTokens', 'inputTokens', 'promptTokenCount', 'input'];
const OUTPUT = [
  'completion_tokens',
  'output_tokens',
  'completionTokens',
  'outputTokens',
  'candidatesTokenCount',
  'output',
];
const TOTAL = ['total_tokens', 'totalTokens', 'totalTokenCount', 'total'];
const CACHED = [
  'prompt_tokens_details.cached_tokens',
  'input_tokens_details.cached_tokens',
  'input_token_details.cache_read',
  'inputTokenDetails.cacheReadTokens',
  'inputTokensDetails.cached_tokens',
  'cachedContentTokenCount',
  'cachedInputTokens',
  'input_cached_tokens',
  'input_cache_read',
  'cache_read_input_tokens',
  'cacheReadInputTokens',
];
const CACHE_CREATION = [
  'input_token_details.cache_creation',
  'inputTokenDetails.cacheWriteTokens',
  'input_cache_creation',
  'cache_creation_input_tokens',
  'cacheWriteInputTokens',
];
const REASONING = [
  'completion_tokens_details.reasoning_tokens',
  'output_tokens_details.reasoning_tokens',
  'output_token_details.reasoning',
  'outputTokenDetails.reasoningTokens',
  'outputTokensDetails.reasoning_tokens',
  'thoughtsTokenCount',
  'reasoningTokens',
  'output_reasoning_tokens',
  'output_reasoning',
  'reasoning_tokens',
];

/**
 * Usage in a JSON object of a provider or framework: OpenAI chat and Responses, Gemini, Anthropic, LangChain's
 * `usage_metadata`, the AI SDK, Langfuse's usual keys.
 */
export function readUsageObject(value: unknown): ReportedUsage | undefined {
  if (!isObject(value)) return undefined;
  const count = (paths: readonly string[]): number | undefined =>
    firstOf(paths, (path) => tokenCount(propertyAt(value, ...path.split('.'))));
  return reportedUsage({
    input: count(INPUT),
    output: count(OUTPUT),
    total: count(TOTAL),
    cached: count(CACHED),
    cacheCreation: count(CACHE_CREATION),
    reasoning: count(REASONING),
    toolUsePrompt: tokenCount(value.toolUsePromptTokenCount),
    // Gemini counts candidates apart from thoughts; Anthropic counts fresh input apart from what the cache served.
    outputIncludesReasoning: !Object.hasOwn(value, 'candidatesTokenCount'),
    inputIncludesCached: !Object.hasOwn(value, 'cache_read_input_tokens'),
  });
}
