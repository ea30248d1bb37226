import { type ConversationRecord, SCHEMA_VERSION } from '../record/conversation-columns.ts';
import { buildEmptyRecord } from '../record/empty-record.ts';
import { buildRowTime, elapsedMillis, formatTimestamp } from '../record/row-time.ts';
import type { TurnReading } from '../record/turn-reading.ts';

/**
 * A legacy row before any mapping filled it: which turn it is, when the turn ran, and which mapping writes it.
 * Everything else is NULL, or empty where the column repeats.
 */
export function buildLegacyFrame(reading: TurnReading): ConversationRecord {
  const { traceId, rootSpanId } = reading.turn;
  const end = reading.endTimeUnixNano;
  const time = buildRowTime(reading.startTimeUnixNano);
  return {
    ...buildEmptyRecord({
      conversation_id: reading.conversationId ?? reading.sessionId ?? traceId,
      message_id: `${traceId}-${rootSpanId}`,
      timestamp: time.timestamp,
      message_type: 'user_question',
    }),
    ...time,
    timestamp: formatLegacyTimestamp(time.timestamp),
    end_timestamp: end === undefined ? null : formatTimestamp(end),
    duration_ms: elapsedMillis(reading.startTimeUnixNano, end),
    trace_id: traceId,
    span_id: rootSpanId,
    tracking_backend: 'legacy',
    record_version: reading.turn.recordVersion,
    schema_version: SCHEMA_VERSION,
  };
}

/**
 * UTC without an offset, and without a fraction where it is zero, as Python's `datetime.isoformat()` writes it.
 *
 * @param timestamp RFC 3339 in UTC with microseconds
 */
export function formatLegacyTimestamp(timestamp: string): string {
  return timestamp.replace(/(?:\.0+)?Z$/, '');
}
