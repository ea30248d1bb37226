/** Where the row comes from. */
export const TRACE = {
  trace_id: ['STRING own-words', "Trace of the turn's root span: joins the row with its trace."],
  span_id: ['STRING own-words', "The turn's root span."],
  tracking_backend: ['STRING own-words', '`solid` or `legacy`: which mapping wrote the row.'],
  record_version: [
    'INTEGER',
    '1, then 2, 3… where late spans amended the row; `conversation_logs_latest` keeps the newest.',
  ],
  schema_version: ['INTEGER', 'Version of this table.'],
  service_name: ['STRING name', 'OpenTelemetry resource `service.name`.'],
  service_version: ['STRING name', 'OpenTelemetry resource `service.version`.'],
  span_dialect: ['STRING own-words', 'Vocabulary of the instrumentation that the tokens were read from.'],
  token_rule: ['STRING own-words', 'Rule of the token algebra that applied.'],
} as const;
