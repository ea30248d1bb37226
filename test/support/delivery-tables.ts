export const DATASET = 'chat_analytics';

/** Name of the table of the rows. */
export const TABLE = 'conversation_logs';
