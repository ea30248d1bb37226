import { type Attributes, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

const RESOURCE = resourceFromAttributes({ 'service.name': 'test' });

/** A finished, sampled span. */
export function sampleSpan(attributes: Attributes = {}, changes: Partial<ReadableSpan> = {}): ReadableSpan {
  const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
  return {
    name: 'chat gemini',
    kind: SpanKind.INTERNAL,
    spanContext: () => context,
    startTime: [1_700_000_000, 0],
    endTime: [1_700_000_001, 5],
    duration: [1, 5],
    ended: true,
    status: { code: SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    resource: RESOURCE,
    instrumentationScope: { name: 'test' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...changes,
  };
}
