/** Which models and tools were called. */
export const MODEL = {
  provider_name: ['STRING name', 'Provider of the last model that answered.'],
  request_model: ['STRING name', 'Model asked for by the last model call that answered.'],
  response_model: ['STRING name', 'Model that answered last.'],
  finish_reasons: ['STRING REPEATED name', 'Finish reasons of the last model call that answered.'],
  model_call_count: ['INTEGER', 'Model calls in the turn, failed ones included.'],
  tool_call_count: ['INTEGER', 'Tool calls in the turn.'],
  tool_error_count: ['INTEGER', 'Tool calls that failed.'],
  cache_creation_token_count: ['INTEGER', 'Prompt tokens written to a cache, where the provider reports them.'],
  tool_use_prompt_token_count: [
    'INTEGER',
    'Tokens of tool results in the prompt, where the provider reports them apart.',
  ],
  model_time_ms: ['INTEGER', 'Milliseconds in which a model call ran: the union of their intervals.'],
  tool_time_ms: ['INTEGER', 'Milliseconds in which a tool ran: the union of their intervals.'],
  time_to_first_token_ms: [
    'INTEGER',
    'Milliseconds from the start of the turn to the first streamed token, where it is reported.',
  ],
  model_calls: [
    'RECORD REPEATED',
    'Every model call, in start order.',
    {
      span_id: ['STRING own-words', 'Span of the call.'],
      model: ['STRING name', 'Model that answered, else the one asked for.'],
      prompt_token_count: ['INTEGER', 'Prompt tokens, cached included.'],
      candidates_token_count: ['INTEGER', 'Output tokens, reasoning excluded.'],
      thoughts_token_count: ['INTEGER', 'Reasoning tokens.'],
      cached_content_token_count: ['INTEGER', 'Prompt tokens served from a cache.'],
      total_token_count: ['INTEGER', 'All tokens of the call.'],
      duration_ms: ['INTEGER', 'Milliseconds from start to end, rounded down.'],
      finish_reason: ['STRING name', 'Why the model stopped.'],
      error: ['STRING question:error_message', 'Why the call failed.'],
    },
  ],
  tool_calls: [
    'RECORD REPEATED',
    'Every tool call, in start order.',
    {
      span_id: ['STRING own-words', 'Span of the call.'],
      name: ['STRING name', 'Name of the tool.'],
      duration_ms: ['INTEGER', 'Milliseconds from start to end, rounded down.'],
      success: ['BOOLEAN', 'Whether the tool succeeded.'],
      error: ['STRING question:error_message', 'Why the tool failed.'],
    },
  ],
  estimated_cost_usd: ['FLOAT', 'Cost in US dollars, only where prices are configured for the model.'],
} as const;
