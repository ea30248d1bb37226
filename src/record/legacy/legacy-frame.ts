import { type ConversationRecord, SCHEMA_VERSION } from '../conversation-columns.ts';
import type { TurnReading } from '../turn-reading.ts';
import { EMPTY_ROW } from './empty-row.ts';
import { formatLegacyTimestamp } from './format-legacy-timestamp.ts';

const NANOS_PER_MILLI = 1_000_000n;

/**
 * A legacy row before any mapping filled it: which turn it is, when the turn ran, and which mapping writes it.
 * Everything else is NULL, or empty where the column repeats.
 */
export function buildLegacyFrame(reading: TurnReading): ConversationRecord {
  const { span } = reading.turn.roots[0];
  const start = reading.startTimeUnixNano;
  const end = reading.endTimeUnixNano;
  const date = new Date(Number(start / NANOS_PER_MILLI));
  const timestamp = formatLegacyTimestamp(start);
  return {
    ...EMPTY_ROW,
    conversation_id: reading.conversationId ?? reading.sessionId ?? span.traceId,
    message_id: `${span.traceId}-${span.spanId}`,
    timestamp,
    date_partition: timestamp.slice(0, 10),
    hour_of_day: date.getUTCHours(),
    day_of_week: date.getUTCDay() || 7,
    message_type: 'user_question',
    start_timestamp: timestamp,
    end_timestamp: end === undefined ? null : formatLegacyTimestamp(end),
    duration_ms: end === undefined ? null : Number((end - start) / NANOS_PER_MILLI),
    trace_id: span.traceId,
    span_id: span.spanId,
    tracking_backend: 'legacy',
    record_version: reading.turn.recordVersion,
    schema_version: SCHEMA_VERSION,
  };
}
