import type { TableName } from '../../src/delivery/row-sink.ts';
import { createContentPolicy } from '../../src/privacy/content-policy.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { type RedactedRow, redactRow } from '../../src/record/redacted-row.ts';
import { LEDGER_TABLES } from '../../src/store/tables.ts';

const FULL = createContentPolicy({
  default: { kind: 'full' },
  fields: new Map(),
  redaction: { detectors: [], patterns: [], functions: [] },
  hashKey: undefined,
});

/** A row that passed a policy which leaves every text. */
export function redacted(row: Readonly<Record<string, unknown>>, table: TableName = 'conversation_logs'): RedactedRow {
  // A table of somebody else's has no columns that we know: its rows look like ours in the tests.
  return redactRow(LEDGER_TABLES.find(({ name }) => name === table) ?? CONVERSATION_LOGS, row, FULL);
}
