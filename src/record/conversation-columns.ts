import { type Column, type ColumnsWith, defineColumns, type RowOf, type TableDefinition } from './column.ts';
import { BOOKKEEPING } from './columns/bookkeeping.ts';
import { CONTENT } from './columns/content.ts';
import { DOWNLOADS } from './columns/downloads.ts';
import { EXECUTION } from './columns/execution.ts';
import { IDENTITY } from './columns/identity.ts';
import { MEANING } from './columns/meaning.ts';
import { MODEL } from './columns/model.ts';
import { MONITORING } from './columns/monitoring.ts';
import { QUALITY } from './columns/quality.ts';
import { SYSTEM } from './columns/system.ts';
import { TEXT } from './columns/text.ts';
import { TIME } from './columns/time.ts';
import { TOKENS } from './columns/tokens.ts';
import { TRACE } from './columns/trace.ts';
import { ZIP } from './columns/zip.ts';

/** Version of the table's columns, stored with every row. Columns are only ever added. */
export const SCHEMA_VERSION = 2;

/** The columns of the system being replaced; dashboards depend on their names and types. */
const LEGACY: typeof IDENTITY &
  typeof TIME &
  typeof CONTENT &
  typeof MEANING &
  typeof EXECUTION &
  typeof DOWNLOADS &
  typeof SYSTEM &
  typeof QUALITY &
  typeof TOKENS &
  typeof TEXT &
  typeof ZIP = {
  ...IDENTITY,
  ...TIME,
  ...CONTENT,
  ...MEANING,
  ...EXECUTION,
  ...DOWNLOADS,
  ...SYSTEM,
  ...QUALITY,
  ...TOKENS,
  ...TEXT,
  ...ZIP,
};

const CONVERSATION: typeof LEGACY & typeof MONITORING & typeof TRACE & typeof MODEL & typeof BOOKKEEPING = {
  ...LEGACY,
  ...MONITORING,
  ...TRACE,
  ...MODEL,
  ...BOOKKEEPING,
};

/** One row per agent turn. */
export type ConversationRecord = RowOf<typeof CONVERSATION>;

export type ModelCallRecord = ConversationRecord['model_calls'][number];

export type ToolCallRecord = ConversationRecord['tool_calls'][number];

/** Columns that no row may leave unsaid. */
export type RequiredColumn = ColumnsWith<'REQUIRED', typeof CONVERSATION>;

export type LegacyColumn = keyof typeof LEGACY;

/** Columns that enrichers may fill: meaning, downloads and quality. All others are facts of the spans. */
export type EnrichableColumn = ColumnsWith<'enrichable', typeof CONVERSATION>;

/**
 * Every column of a conversation row, in table order: the only source of the TypeScript type, the BigQuery schema, the
 * local tables and the README's table.
 */
export const CONVERSATION_COLUMNS: readonly Column<keyof ConversationRecord>[] = defineColumns(CONVERSATION);

/** Those that the legacy row has. */
export const LEGACY_COLUMNS: readonly Column<LegacyColumn>[] = defineColumns(LEGACY);

export const CONVERSATION_LOGS: TableDefinition = {
  name: 'conversation_logs',
  columns: CONVERSATION_COLUMNS,
  partitionBy: 'date_partition',
  clusterBy: ['agent_name', 'user_id'],
};
