import type { SQLInputValue } from 'node:sqlite';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';

/** A span by the columns of `spans`. */
export function encodeSpan(span: SpanSnapshot): Record<string, SQLInputValue> {
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? null,
    name: span.name,
    kind: span.kind,
    start_time_unix_nano: span.startTimeUnixNano,
    end_time_unix_nano: span.endTimeUnixNano ?? null,
    status_code: span.status.code,
    status_message: span.status.message ?? null,
    attributes: JSON.stringify(span.attributes),
    // Times as text: they exceed what a JSON number holds.
    events: JSON.stringify(span.events, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    resource: JSON.stringify(span.resource),
    scope_name: span.scope.name,
    scope_version: span.scope.version ?? null,
  };
}
