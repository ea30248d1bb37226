import { createContentPolicy } from '../../src/privacy/content-policy.ts';
import type { TableDefinition } from '../../src/record/column.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { type RedactedRow, redactRow } from '../../src/record/redacted-row.ts';

const FULL = createContentPolicy({
  default: { kind: 'full' },
  fields: new Map(),
  redaction: { detectors: [], patterns: [], functions: [] },
  hashKey: undefined,
});

/** A row that passed a policy which leaves every text. */
export function redacted(
  row: Readonly<Record<string, unknown>>,
  table: TableDefinition = CONVERSATION_LOGS,
): RedactedRow {
  return redactRow(table, row, FULL);
}
