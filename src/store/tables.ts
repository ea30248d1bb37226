import type { TableName } from '../delivery/record-sink.ts';
import { TOKEN_MISMATCHES } from '../migration/mismatch-columns.ts';
import type { TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS, CONVERSATION_LOGS_LEGACY } from '../record/conversation-columns.ts';

const DEFINITIONS: Readonly<Record<TableName, TableDefinition>> = {
  conversation_logs: CONVERSATION_LOGS,
  conversation_logs_legacy: CONVERSATION_LOGS_LEGACY,
  token_mismatches: TOKEN_MISMATCHES,
};

/** Every table that rows go to, in BigQuery and in the local store. */
export const LEDGER_TABLES: readonly TableDefinition[] = Object.values(DEFINITIONS);

export function tableDefinition(name: TableName): TableDefinition {
  return DEFINITIONS[name];
}

/** The view that keeps one row a turn; dashboards and `spanledger query` read it. */
export const LATEST_VIEW = 'conversation_logs_latest';
