/** What was said. */
export const CONTENT = {
  message_type: ['STRING REQUIRED own-words', '`user_question` for a whole turn.'],
  user_question: ['STRING question', 'What the user asked, text parts only.'],
  agent_response: ['STRING question', 'What the agent answered; NULL on failure.'],
  response_summary: ['STRING excerpt:agent_response', 'First 200 code points of `agent_response`.'],
} as const;
