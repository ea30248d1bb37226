import type { LedgerEntry, TableName } from '../../src/delivery/row-sink.ts';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { redacted } from '../support/redacted.ts';

/** A row with every column, NULL or empty but for the required ones and what is given. */
export function sampleEntry(
  messageId: string,
  given: Readonly<Record<string, unknown>> = {},
  table: TableName = 'conversation_logs',
): LedgerEntry {
  const empty = Object.fromEntries(
    CONVERSATION_COLUMNS.map(({ name, mode }) => [name, mode === 'REPEATED' ? [] : null]),
  );
  const sample = {
    ...empty,
    conversation_id: 'conversation',
    message_id: messageId,
    timestamp: '2026-03-01T10:00:00.000Z',
    date_partition: '2026-03-01',
    message_type: 'user_question',
    record_version: 1,
  };
  // What a test gives is as it is, also where no policy would leave it.
  const row = Object.assign(redacted(sample), given);
  return { table, key: `${messageId}:${String(row.record_version)}`, row };
}
