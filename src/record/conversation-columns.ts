import type { RowOf, TableDefinition } from './column.ts';

/** Version of the table's columns, stored with every row. Columns are only ever added. */
export const SCHEMA_VERSION = 1;

/**
 * Every column of a conversation row, in table order: the only source of the TypeScript type, the BigQuery schema,
 * the local tables and the README's table. The first 48 are those of the system being replaced; dashboards depend on
 * their names and types.
 */
export const CONVERSATION_COLUMNS = [
  // identity
  {
    name: 'conversation_id',
    type: 'STRING',
    mode: 'REQUIRED',
    description: "The agent's conversation or session id; the trace id where there is none.",
  },
  {
    name: 'message_id',
    type: 'STRING',
    mode: 'REQUIRED',
    description:
      "`<trace_id>-<span_id>` of the turn's root span: deterministic, so that retries and replays are idempotent.",
  },
  { name: 'user_id', type: 'STRING', mode: 'NULLABLE', description: 'Who asked.' },
  { name: 'session_id', type: 'STRING', mode: 'NULLABLE', description: 'The session as the agent names it.' },
  // time
  { name: 'timestamp', type: 'TIMESTAMP', mode: 'REQUIRED', description: 'Start of the turn, UTC.' },
  {
    name: 'date_partition',
    type: 'DATE',
    mode: 'NULLABLE',
    description: 'UTC date of `timestamp`; the partition column.',
  },
  { name: 'hour_of_day', type: 'INTEGER', mode: 'NULLABLE', description: 'UTC hour of `timestamp`, 0 to 23.' },
  {
    name: 'day_of_week',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'ISO day of the week of `timestamp`, Monday 1 to Sunday 7.',
  },
  // content
  { name: 'message_type', type: 'STRING', mode: 'REQUIRED', description: '`user_question` for a whole turn.' },
  { name: 'user_question', type: 'STRING', mode: 'NULLABLE', description: 'What the user asked, text parts only.' },
  {
    name: 'agent_response',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'What the agent answered; NULL on failure.',
  },
  {
    name: 'response_summary',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'First 200 code points of `agent_response`.',
  },
  // meaning
  { name: 'detected_intent', type: 'STRING', mode: 'NULLABLE', description: 'Intent, by the configured rules.' },
  {
    name: 'query_category',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'Category of the tools used, by the configured rules.',
  },
  {
    name: 'search_filters',
    type: 'STRING',
    mode: 'REPEATED',
    description: 'Filters named in the question, by the configured rules.',
  },
  // execution
  {
    name: 'results_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Number of results that the answer names, by the configured rules.',
  },
  {
    name: 'tools_used',
    type: 'STRING',
    mode: 'REPEATED',
    description: 'Names of the tools called, in call order, repeats kept.',
  },
  {
    name: 'response_time_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Whole milliseconds from the start to the end of the turn, rounded down.',
  },
  {
    name: 'success',
    type: 'BOOLEAN',
    mode: 'NULLABLE',
    description: 'Whether the turn answered; NULL where that is not known.',
  },
  { name: 'error_message', type: 'STRING', mode: 'NULLABLE', description: 'Why it failed.' },
  // downloads
  {
    name: 'download_requested',
    type: 'BOOLEAN',
    mode: 'NULLABLE',
    description: 'Whether the answer offers a download, by the configured rules.',
  },
  {
    name: 'download_type',
    type: 'STRING',
    mode: 'NULLABLE',
    description: '`individual`, `zip` or `none`, by the configured rules.',
  },
  { name: 'zip_generated', type: 'BOOLEAN', mode: 'NULLABLE', description: 'Whether a ZIP was made in the turn.' },
  { name: 'zip_id', type: 'STRING', mode: 'NULLABLE', description: 'Id of the ZIP.' },
  {
    name: 'pdf_links_provided',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'PDF links in the answer, by the configured rules.',
  },
  // system
  { name: 'agent_name', type: 'STRING', mode: 'NULLABLE', description: 'Name of the topmost agent.' },
  { name: 'api_version', type: 'STRING', mode: 'NULLABLE', description: 'Version of the agent, where it says one.' },
  {
    name: 'client_info',
    type: 'RECORD',
    mode: 'NULLABLE',
    description: 'The client that asked, where the agent says it.',
    fields: [
      { name: 'user_agent', type: 'STRING', mode: 'NULLABLE', description: 'User agent.' },
      { name: 'ip_address', type: 'STRING', mode: 'NULLABLE', description: 'IP address.' },
      { name: 'platform', type: 'STRING', mode: 'NULLABLE', description: 'Platform.' },
    ],
  },
  {
    name: 'bigquery_project_used',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'Google Cloud project that the rows go to.',
  },
  {
    name: 'raw_mcp_response',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'Raw response of the MCP server, where the agent records it.',
  },
  // quality
  {
    name: 'user_satisfaction_inferred',
    type: 'STRING',
    mode: 'NULLABLE',
    description: '`positive`, `neutral` or `negative`, by the configured rules.',
  },
  {
    name: 'question_complexity',
    type: 'STRING',
    mode: 'NULLABLE',
    description: '`simple`, `medium` or `complex`, by the configured rules.',
  },
  { name: 'response_quality_score', type: 'FLOAT', mode: 'NULLABLE', description: '0 to 1, by the configured rules.' },
  // tokens
  {
    name: 'prompt_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Prompt tokens of all model calls, cached tokens included.',
  },
  {
    name: 'candidates_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Output tokens of all model calls, reasoning excluded.',
  },
  {
    name: 'total_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: "Prompt, candidates, thoughts and tool-use prompt tokens; the provider's own total where it says one.",
  },
  {
    name: 'thoughts_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Reasoning tokens of all model calls.',
  },
  {
    name: 'cached_content_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Prompt tokens served from a cache.',
  },
  // text
  { name: 'user_question_length', type: 'INTEGER', mode: 'NULLABLE', description: 'Code points of `user_question`.' },
  {
    name: 'user_question_word_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Words of `user_question`, split on Unicode white space.',
  },
  { name: 'agent_response_length', type: 'INTEGER', mode: 'NULLABLE', description: 'Code points of `agent_response`.' },
  {
    name: 'agent_response_word_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Words of `agent_response`, split on Unicode white space.',
  },
  // ZIP
  {
    name: 'zip_generation_time_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Milliseconds from the start of the ZIP to its end.',
  },
  {
    name: 'zip_parallel_download_time_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Milliseconds from the start of the first download to the end of the last.',
  },
  { name: 'zip_max_workers_used', type: 'INTEGER', mode: 'NULLABLE', description: 'Most downloads that ran at once.' },
  { name: 'zip_files_included', type: 'INTEGER', mode: 'NULLABLE', description: 'Files in the ZIP.' },
  {
    name: 'zip_files_missing',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Files that were asked for and are not in the ZIP.',
  },
  { name: 'zip_total_size_bytes', type: 'INTEGER', mode: 'NULLABLE', description: 'Size of the ZIP in bytes.' },
  // monitoring
  { name: 'start_timestamp', type: 'TIMESTAMP', mode: 'NULLABLE', description: 'Start of the turn, UTC.' },
  { name: 'end_timestamp', type: 'TIMESTAMP', mode: 'NULLABLE', description: 'End of the turn, UTC.' },
  {
    name: 'duration_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Whole milliseconds from start to end, rounded down.',
  },
  // trace
  {
    name: 'trace_id',
    type: 'STRING',
    mode: 'NULLABLE',
    description: "Trace of the turn's root span: joins the row with its trace.",
  },
  { name: 'span_id', type: 'STRING', mode: 'NULLABLE', description: "The turn's root span." },
  {
    name: 'tracking_backend',
    type: 'STRING',
    mode: 'NULLABLE',
    description: '`solid` or `legacy`: which mapping wrote the row.',
  },
  {
    name: 'record_version',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: '1, then 2, 3… where late spans amended the row; `conversation_logs_latest` keeps the newest.',
  },
  { name: 'schema_version', type: 'INTEGER', mode: 'NULLABLE', description: 'Version of this table.' },
  { name: 'service_name', type: 'STRING', mode: 'NULLABLE', description: 'OpenTelemetry resource `service.name`.' },
  {
    name: 'service_version',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'OpenTelemetry resource `service.version`.',
  },
  {
    name: 'span_dialect',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'Vocabulary of the instrumentation that the tokens were read from.',
  },
  { name: 'token_rule', type: 'STRING', mode: 'NULLABLE', description: 'Rule of the token algebra that applied.' },
  // model
  { name: 'provider_name', type: 'STRING', mode: 'NULLABLE', description: 'Provider of the last model that answered.' },
  {
    name: 'request_model',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'Model asked for by the last model call that answered.',
  },
  { name: 'response_model', type: 'STRING', mode: 'NULLABLE', description: 'Model that answered last.' },
  {
    name: 'finish_reasons',
    type: 'STRING',
    mode: 'REPEATED',
    description: 'Finish reasons of the last model call that answered.',
  },
  {
    name: 'model_call_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Model calls in the turn, failed ones included.',
  },
  { name: 'tool_call_count', type: 'INTEGER', mode: 'NULLABLE', description: 'Tool calls in the turn.' },
  { name: 'tool_error_count', type: 'INTEGER', mode: 'NULLABLE', description: 'Tool calls that failed.' },
  {
    name: 'cache_creation_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Prompt tokens written to a cache, where the provider reports them.',
  },
  {
    name: 'tool_use_prompt_token_count',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Tokens of tool results in the prompt, where the provider reports them apart.',
  },
  {
    name: 'model_time_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Milliseconds in which a model call ran: the union of their intervals.',
  },
  {
    name: 'tool_time_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Milliseconds in which a tool ran: the union of their intervals.',
  },
  {
    name: 'time_to_first_token_ms',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Milliseconds from the start of the turn to the first streamed token, where it is reported.',
  },
  {
    name: 'model_calls',
    type: 'RECORD',
    mode: 'REPEATED',
    description: 'Every model call, in start order.',
    fields: [
      { name: 'span_id', type: 'STRING', mode: 'NULLABLE', description: 'Span of the call.' },
      { name: 'model', type: 'STRING', mode: 'NULLABLE', description: 'Model that answered, else the one asked for.' },
      { name: 'prompt_token_count', type: 'INTEGER', mode: 'NULLABLE', description: 'Prompt tokens, cached included.' },
      {
        name: 'candidates_token_count',
        type: 'INTEGER',
        mode: 'NULLABLE',
        description: 'Output tokens, reasoning excluded.',
      },
      { name: 'thoughts_token_count', type: 'INTEGER', mode: 'NULLABLE', description: 'Reasoning tokens.' },
      {
        name: 'cached_content_token_count',
        type: 'INTEGER',
        mode: 'NULLABLE',
        description: 'Prompt tokens served from a cache.',
      },
      { name: 'total_token_count', type: 'INTEGER', mode: 'NULLABLE', description: 'All tokens of the call.' },
      {
        name: 'duration_ms',
        type: 'INTEGER',
        mode: 'NULLABLE',
        description: 'Milliseconds from start to end, rounded down.',
      },
      { name: 'finish_reason', type: 'STRING', mode: 'NULLABLE', description: 'Why the model stopped.' },
      { name: 'error', type: 'STRING', mode: 'NULLABLE', description: 'Why the call failed.' },
    ],
  },
  {
    name: 'tool_calls',
    type: 'RECORD',
    mode: 'REPEATED',
    description: 'Every tool call, in start order.',
    fields: [
      { name: 'span_id', type: 'STRING', mode: 'NULLABLE', description: 'Span of the call.' },
      { name: 'name', type: 'STRING', mode: 'NULLABLE', description: 'Name of the tool.' },
      {
        name: 'duration_ms',
        type: 'INTEGER',
        mode: 'NULLABLE',
        description: 'Milliseconds from start to end, rounded down.',
      },
      { name: 'success', type: 'BOOLEAN', mode: 'NULLABLE', description: 'Whether the tool succeeded.' },
      { name: 'error', type: 'STRING', mode: 'NULLABLE', description: 'Why the tool failed.' },
    ],
  },
  {
    name: 'estimated_cost_usd',
    type: 'FLOAT',
    mode: 'NULLABLE',
    description: 'Cost in US dollars, only where prices are configured for the model.',
  },
  // bookkeeping
  {
    name: 'complete',
    type: 'BOOLEAN',
    mode: 'NULLABLE',
    description: 'False where a span of the turn never ended, was dropped, or came too late.',
  },
  { name: 'incomplete_reason', type: 'STRING', mode: 'NULLABLE', description: 'Why the row is not complete.' },
  {
    name: 'content_truncated',
    type: 'BOOLEAN',
    mode: 'NULLABLE',
    description: 'Whether some text was cut by the content policy.',
  },
  {
    name: 'sampled',
    type: 'BOOLEAN',
    mode: 'NULLABLE',
    description: 'Whether the trace was sampled for the trace backend.',
  },
] as const;

/** One row per agent turn. */
export type ConversationRecord = RowOf<typeof CONVERSATION_COLUMNS>;

export type ModelCallRecord = ConversationRecord['model_calls'][number];

export type ToolCallRecord = ConversationRecord['tool_calls'][number];

export const CONVERSATION_LOGS: TableDefinition = {
  name: 'conversation_logs',
  columns: CONVERSATION_COLUMNS,
  partitionBy: 'date_partition',
  clusterBy: ['agent_name', 'user_id'],
};
