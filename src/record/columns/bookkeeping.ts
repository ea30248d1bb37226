/** What is missing in the row. */
export const BOOKKEEPING = {
  complete: ['BOOLEAN', 'False where a span of the turn never ended, was dropped, or came too late.'],
  incomplete_reason: ['STRING own-words', 'Why the row is not complete.'],
  content_truncated: ['BOOLEAN', 'Whether some text was cut by the content policy.'],
  sampled: ['BOOLEAN', 'Whether the trace was sampled for the trace backend.'],
  content_policy: ['STRING own-words', 'Content policy that the row has passed.'],
} as const;
