import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';

/**
 * Where each token count stands, in one table for all dialects: attributes of a span, then paths in a provider's or
 * framework's JSON. The official or most usual name comes first and wins; old names and aliases are read for ever.
 */
export interface CountNames {
  readonly attributes: readonly string[];
  readonly paths: readonly string[];
}

export type CountName = 'input' | 'output' | 'total' | 'cached' | 'cacheCreation' | 'reasoning' | 'toolUsePrompt';

export const USAGE_NAMES: Readonly<Record<CountName, CountNames>> = {
  input: {
    attributes: [ATTRIBUTE_KEYS.inputTokens, 'gen_ai.usage.prompt_tokens', 'gen_ai.response.prompt_tokens'],
    paths: [
      'prompt_tokens',
      'input_tokens',
      'promptTokens',
      'inputTokens',
      'promptTokenCount',
      'prompt_token_count',
      'input',
    ],
  },
  output: {
    attributes: [ATTRIBUTE_KEYS.outputTokens, 'gen_ai.usage.completion_tokens'],
    paths: [
      'completion_tokens',
      'output_tokens',
      'completionTokens',
      'outputTokens',
      'candidatesTokenCount',
      'candidates_token_count',
      'output',
    ],
  },
  total: {
    attributes: [ATTRIBUTE_KEYS.totalTokens, 'gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
    paths: ['total_tokens', 'totalTokens', 'totalTokenCount', 'total_token_count', 'total'],
  },
  cached: {
    attributes: [
      ATTRIBUTE_KEYS.cacheReadInputTokens,
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.input_tokens.cached',
      'gen_ai.usage.cached_input_tokens',
      'gen_ai.usage.input_cached_tokens',
      'gen_ai.usage.cache_read_tokens',
      'gen_ai.usage.cached_tokens',
      'gen_ai.usage.prompt_tokens_details.cached_tokens',
      'gen_ai.usage.details.cached_tokens',
      'gen_ai.usage.details.cache_read_tokens',
      'gen_ai.usage.details.cache_read_input_tokens',
      'gen_ai.usage.details.cached_content_tokens',
    ],
    paths: [
      'prompt_tokens_details.cached_tokens',
      'input_tokens_details.cached_tokens',
      'input_token_details.cache_read',
      'inputTokenDetails.cacheReadTokens',
      'inputTokensDetails.cached_tokens',
      'cachedContentTokenCount',
      'cached_content_token_count',
      'cachedInputTokens',
      'input_cached_tokens',
      'input_cache_read',
      'cache_read_input_tokens',
      'cacheReadInputTokens',
      'cachedContentTokens',
      'cached_tokens',
    ],
  },
  cacheCreation: {
    attributes: [
      'gen_ai.usage.cache_write.input_tokens',
      ATTRIBUTE_KEYS.cacheCreationInputTokens,
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.cache_write_input_tokens',
      'gen_ai.usage.cache_write_tokens',
      'gen_ai.usage.input_tokens.cache_write',
      'gen_ai.usage.details.cache_write_tokens',
      'gen_ai.usage.details.cache_creation_input_tokens',
    ],
    paths: [
      'input_token_details.cache_creation',
      'inputTokenDetails.cacheWriteTokens',
      'input_cache_creation',
      'cache_creation_input_tokens',
      'cacheWriteInputTokens',
    ],
  },
  reasoning: {
    attributes: [
      ATTRIBUTE_KEYS.reasoningOutputTokens,
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.output_tokens.reasoning',
      'gen_ai.usage.reasoning_output_tokens',
      'gen_ai.usage.thinking_tokens',
      'gen_ai.usage.experimental.reasoning_tokens',
      'gen_ai.usage.completion_tokens_details.reasoning_tokens',
      'gen_ai.usage.details.reasoning_tokens',
      'gen_ai.usage.details.thoughts_tokens',
      'gen_ai.usage.details.thinking_tokens',
    ],
    paths: [
      'completion_tokens_details.reasoning_tokens',
      'output_tokens_details.reasoning_tokens',
      'output_token_details.reasoning',
      'outputTokenDetails.reasoningTokens',
      'outputTokensDetails.reasoning_tokens',
      'thoughtsTokenCount',
      'thoughtsTokens',
      'thoughts_token_count',
      'reasoningTokens',
      'output_reasoning_tokens',
      'output_reasoning',
      'reasoning_tokens',
    ],
  },
  toolUsePrompt: {
    attributes: [ATTRIBUTE_KEYS.toolUsePromptTokens],
    paths: ['toolUsePromptTokenCount', 'tool_use_prompt_token_count'],
  },
};
