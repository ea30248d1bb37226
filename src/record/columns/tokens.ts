/** What the model calls of the turn took. */
export const TOKENS = {
  prompt_token_count: ['INTEGER', 'Prompt tokens of all model calls, cached tokens included.'],
  candidates_token_count: ['INTEGER', 'Output tokens of all model calls, reasoning excluded.'],
  total_token_count: [
    'INTEGER',
    "Prompt, candidates, thoughts and tool-use prompt tokens; the provider's own total where it says one.",
  ],
  thoughts_token_count: ['INTEGER', 'Reasoning tokens of all model calls.'],
  cached_content_token_count: ['INTEGER', 'Prompt tokens served from a cache.'],
} as const;
