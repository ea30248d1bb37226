import { defineColumns, type TableDefinition } from '../../src/record/column.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';

export const DATASET = 'chat_analytics';

/** Name of the table of the rows. */
export const TABLE = 'conversation_logs';

/** A table of columns of its own. */
export const RATINGS: TableDefinition = {
  name: 'ratings',
  columns: defineColumns({
    message_id: ['STRING REQUIRED own-words', 'The turn.'],
    timestamp: ['TIMESTAMP REQUIRED', 'When it was rated.'],
    rating: ['INTEGER', 'From 0 to 999.'],
    content_policy: ['STRING own-words', 'Every row says what it has passed.'],
  }),
  partitionBy: undefined,
  clusterBy: [],
};

/** Delivery knows no table by name: one that is the ledger's, one that has its columns, one that has others. */
export const DELIVERY_TABLES: readonly TableDefinition[] = [
  CONVERSATION_LOGS,
  { ...CONVERSATION_LOGS, name: 'feedback' },
  RATINGS,
];
