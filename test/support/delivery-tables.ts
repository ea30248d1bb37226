export const DATASET = 'chat_analytics';

export const TEST_TABLES = {
  conversation_logs: 'conversation_logs',
  conversation_logs_legacy: 'conversation_logs_legacy',
  token_mismatches: 'token_mismatches',
} as const;
