/** What rows keep of what was said. */
// biome-ignore format: a table, three lines a setting
export const CONTENT_SETTINGS = {
  content: { group: 'What rows keep of what was said', key: 'analytics.conversation_tracking.content.mode', env: ['SPANLEDGER_CONTENT'],
    type: 'content-mode', strict: true, fallback: 'full',
    description: 'What rows keep of questions, answers and error messages: `full`, `truncate(n)` code points, `hash` or `none`.' },
  contentFields: { key: 'analytics.conversation_tracking.content.fields', env: [],
    type: 'field-modes', fallback: {},
    description: 'The same for single fields, e.g. `{ raw_mcp_response: none, user_id: hash }`.' },
  redact: { key: 'analytics.conversation_tracking.content.redact', env: ['SPANLEDGER_REDACT'],
    type: 'detectors', strict: true, fallback: [],
    description: 'Detectors that mask what they find, in rows and traces, by name or as `all`, `credentials`, `personal_data`. Traces are always searched for credentials.' },
  redactPatterns: { key: 'analytics.conversation_tracking.content.patterns', env: [],
    type: 'patterns', fallback: {},
    description: 'Regular expressions that do the same, by the name that stands for the match.' },
  hashKey: { key: 'analytics.conversation_tracking.content.hash_key', env: ['SPANLEDGER_HASH_KEY'],
    type: 'text', strict: true, fallback: undefined,
    description: 'Key of the hashes, so that nobody can find a text by hashing guesses.' },
} as const;
