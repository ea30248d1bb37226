import type { TableName } from '../../src/delivery/row-sink.ts';
import { createContentPolicy } from '../../src/privacy/content-policy.ts';
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
  const definition = LEDGER_TABLES.find(({ name }) => name === table);
  if (definition === undefined) throw new Error(`no table ${table}`);
  return redactRow(definition, row, FULL);
}
