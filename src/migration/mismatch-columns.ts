import { type Column, defineColumns, type RowOf, type TableDefinition } from '../record/column.ts';
import { CONVERSATION_COLUMNS, CONVERSATION_LOGS } from '../record/conversation-columns.ts';

/** One row per field of a compared turn in which the legacy mapping and the span mapping differ. */
const MISMATCH = {
  message_id: ['STRING REQUIRED own-words', 'The compared turn.'],
  trace_id: ['STRING own-words', 'Trace of the turn.'],
  timestamp: ['TIMESTAMP REQUIRED', 'Start of the turn, UTC.'],
  field: ['STRING REQUIRED own-words', 'Column that differs.'],
  legacy_value: ['STRING by-field', 'Value of the legacy mapping, as text.'],
  solid_value: ['STRING by-field', 'Value of the span mapping, as text.'],
  diff: ['INTEGER', 'Solid minus legacy, where both are numbers.'],
  threshold: ['INTEGER', 'Difference in tokens up to which the two were taken as equal.'],
  cause: ['STRING own-words', 'Cause found in the span tree.'],
  explained: ['BOOLEAN', 'Whether the cause accounts for the whole difference.'],
  content_policy: ['STRING own-words', 'Content policy that the row has passed.'],
} as const;

export type MismatchRecord = RowOf<typeof MISMATCH>;

export const MISMATCH_COLUMNS: readonly Column<keyof MismatchRecord>[] = defineColumns(MISMATCH);

export const TOKEN_MISMATCHES: TableDefinition = {
  name: 'token_mismatches',
  columns: MISMATCH_COLUMNS,
  partitionBy: 'timestamp',
  clusterBy: ['field', 'cause'],
  keyColumns: ['field'],
  comparedColumns: CONVERSATION_COLUMNS,
};

/** Rows of the legacy mapping in `dual` mode; same columns, so that the two tables join. */
export const CONVERSATION_LOGS_LEGACY: TableDefinition = { ...CONVERSATION_LOGS, name: 'conversation_logs_legacy' };

/** What the ledger has beside its own tables while two mappings run. */
export const MIGRATION_TABLES: readonly TableDefinition[] = [CONVERSATION_LOGS_LEGACY, TOKEN_MISMATCHES];
