import type { TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS, CONVERSATION_LOGS_LEGACY } from '../record/conversation-columns.ts';
import { TOKEN_MISMATCHES } from '../record/mismatch-columns.ts';

/** Every table that rows go to, in BigQuery and in the local store. */
export const LEDGER_TABLES: readonly TableDefinition[] = [
  CONVERSATION_LOGS,
  CONVERSATION_LOGS_LEGACY,
  TOKEN_MISMATCHES,
];

/** The view that keeps one row a turn; dashboards and `spanledger query` read it. */
export const LATEST_VIEW = 'conversation_logs_latest';
