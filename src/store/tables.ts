import { MIGRATION_TABLES } from '../migration/mismatch-columns.ts'; // migration
import type { TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';

/** Every table that rows go to, in BigQuery and in the local store. */
export const LEDGER_TABLES: readonly TableDefinition[] = [
  CONVERSATION_LOGS,
  ...MIGRATION_TABLES, // migration
];

/** Undefined for a name that is none of a table of ours. */
export function tableDefinition(name: string): TableDefinition | undefined {
  return LEDGER_TABLES.find((table) => table.name === name);
}

/** The view that keeps one row a turn; dashboards and `spanledger query` read it. */
export const LATEST_VIEW = 'conversation_logs_latest';
