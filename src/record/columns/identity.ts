/** Which turn the row is of, and who asked. */
export const IDENTITY = {
  conversation_id: [
    'STRING REQUIRED identity',
    "The agent's conversation or session id; the trace id where there is none.",
  ],
  message_id: [
    'STRING REQUIRED own-words',
    "`<trace_id>-<span_id>` of the turn's root span: deterministic, so that retries and replays are idempotent.",
  ],
  user_id: ['STRING identity', 'Who asked.'],
  session_id: ['STRING identity', 'The session as the agent names it.'],
} as const;
