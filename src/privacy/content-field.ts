/**
 * What a policy can be set for.
 * Of a record: `user_question`, `agent_response` (with `response_summary`), `raw_mcp_response`, `search_filters`,
 * `error_message` (with the errors of model and tool calls), and, only where named, `user_id`, `session_id`,
 * `conversation_id` and `client_info`.
 * Of a trace: `messages`, `tools` (arguments, results, definitions), `errors` (messages of exceptions and statuses)
 * and `attributes` (text of attributes that nobody here knows; in a record, text that is out of place).
 */
export const CONTENT_FIELDS = [
  'user_question',
  'agent_response',
  'raw_mcp_response',
  'search_filters',
  'error_message',
  'user_id',
  'session_id',
  'conversation_id',
  'client_info',
  'messages',
  'tools',
  'errors',
  'attributes',
] as const;

export type ContentField = (typeof CONTENT_FIELDS)[number];

/** Fields that identify rather than say something: the default mode of a policy does not reach them. */
export const IDENTITY_FIELDS: ReadonlySet<ContentField> = new Set([
  'user_id',
  'session_id',
  'conversation_id',
  'client_info',
]);
