import type { ReadableSpan } from '../base/sdk-types.ts';

/** A span like another but for the changes. The host's span stays as it is, and is not held by the copy's changed parts. */
export function copySpan(span: ReadableSpan, changes: Partial<ReadableSpan>): ReadableSpan {
  const context = span.spanContext();
  const { parentSpanContext } = span;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => context,
    ...(parentSpanContext !== undefined && { parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: span.attributes,
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    ...changes,
  };
}
