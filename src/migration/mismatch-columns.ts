import type { RowOf, TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';

/** One row per field of a compared turn in which the legacy mapping and the span mapping differ. */
export const MISMATCH_COLUMNS = [
  { name: 'message_id', type: 'STRING', mode: 'REQUIRED', description: 'The compared turn.' },
  { name: 'trace_id', type: 'STRING', mode: 'NULLABLE', description: 'Trace of the turn.' },
  { name: 'timestamp', type: 'TIMESTAMP', mode: 'REQUIRED', description: 'Start of the turn, UTC.' },
  { name: 'field', type: 'STRING', mode: 'REQUIRED', description: 'Column that differs.' },
  { name: 'legacy_value', type: 'STRING', mode: 'NULLABLE', description: 'Value of the legacy mapping, as text.' },
  { name: 'solid_value', type: 'STRING', mode: 'NULLABLE', description: 'Value of the span mapping, as text.' },
  { name: 'diff', type: 'INTEGER', mode: 'NULLABLE', description: 'Solid minus legacy, where both are numbers.' },
  {
    name: 'threshold',
    type: 'INTEGER',
    mode: 'NULLABLE',
    description: 'Difference in tokens up to which the two were taken as equal.',
  },
  { name: 'cause', type: 'STRING', mode: 'NULLABLE', description: 'Cause found in the span tree.' },
  {
    name: 'explained',
    type: 'BOOLEAN',
    mode: 'NULLABLE',
    description: 'Whether the cause accounts for the whole difference.',
  },
] as const;

export type MismatchRecord = RowOf<typeof MISMATCH_COLUMNS>;

export const TOKEN_MISMATCHES: TableDefinition = {
  name: 'token_mismatches',
  columns: MISMATCH_COLUMNS,
  partitionBy: 'timestamp',
  clusterBy: ['field', 'cause'],
};

/** Rows of the legacy mapping in `dual` mode; same columns, so that the two tables join. */
export const CONVERSATION_LOGS_LEGACY: TableDefinition = { ...CONVERSATION_LOGS, name: 'conversation_logs_legacy' };

/** What the ledger has beside its own tables while two mappings run. */
export const MIGRATION_TABLES: readonly TableDefinition[] = [CONVERSATION_LOGS_LEGACY, TOKEN_MISMATCHES];
