/** How long question and answer are. */
export const TEXT = {
  user_question_length: ['INTEGER', 'Code points of `user_question`.'],
  user_question_word_count: ['INTEGER', 'Words of `user_question`, split on Unicode white space.'],
  agent_response_length: ['INTEGER', 'Code points of `agent_response`.'],
  agent_response_word_count: ['INTEGER', 'Words of `agent_response`, split on Unicode white space.'],
} as const;
