import type { LedgerEntry, TableName } from '../../src/delivery/row-sink.ts';
import { redacted } from './redacted.ts';

/** Entries of a conversation table with keys `PREFIX-0:1`, `PREFIX-1:1`, …; every column that BigQuery requires, and some text. */
export function sampleRows(count: number, prefix = 'm', table: TableName = 'conversation_logs'): LedgerEntry[] {
  return Array.from({ length: count }, (_, index) => sampleRow(`${prefix}-${index}`, {}, table));
}

export function sampleRow(
  messageId: string,
  given: Readonly<Record<string, unknown>> = {},
  table: TableName = 'conversation_logs',
): LedgerEntry {
  const now = new Date();
  return {
    table,
    key: `${messageId}:1`,
    // What a test gives is as it is, also where no policy would leave it.
    row: Object.assign(
      redacted({
        conversation_id: 'conversation',
        message_id: messageId,
        timestamp: now.toISOString(),
        date_partition: now.toISOString().slice(0, 10),
        message_type: 'user_question',
        user_question: `¿Cuántas facturas hay? {{projectId}} ${messageId} \u0000 👍`,
        tools_used: ['search_invoices'],
        client_info: { user_agent: 'test', ip_address: null, platform: null },
        prompt_token_count: 1234,
        response_quality_score: 0.8,
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203331',
        record_version: 1,
        sampled: true,
      }),
      given,
    ),
  };
}
