import type { SQLInputValue } from 'node:sqlite';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';

/** Columns of `spans` in the order of {@link encodeSpan}. */
export const SPAN_COLUMNS: readonly string[] = [
  'trace_id',
  'span_id',
  'parent_span_id',
  'name',
  'kind',
  'start_time_unix_nano',
  'end_time_unix_nano',
  'status_code',
  'status_message',
  'attributes',
  'events',
  'resource',
  'scope_name',
  'scope_version',
];

export function encodeSpan(span: SpanSnapshot): SQLInputValue[] {
  return [
    span.traceId,
    span.spanId,
    span.parentSpanId ?? null,
    span.name,
    span.kind,
    span.startTimeUnixNano,
    span.endTimeUnixNano ?? null,
    span.status.code,
    span.status.message ?? null,
    JSON.stringify(span.attributes),
    // Times as text: they exceed what a JSON number holds.
    JSON.stringify(span.events, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    JSON.stringify(span.resource),
    span.scope.name,
    span.scope.version ?? null,
  ];
}
