import type { HrTime } from '@opentelemetry/api';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Attributes, AttributeValue, SpanEvent, SpanSnapshot, SpanStatus } from './span-snapshot.ts';

/**
 * Copies a live span as it is now. The copy shares nothing that the host or another processor could still change,
 * but for the resource, which is copied once for all spans.
 */
export function snapshotSpan(span: ReadableSpan): SpanSnapshot {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  return Object.freeze({
    traceId,
    spanId,
    parentSpanId: parent?.spanId,
    parentIsRemote: parent?.isRemote === true,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: span.ended ? nanoseconds(span.endTime) : undefined,
    status: copyStatus(span),
    attributes: copyAttributes(span.attributes),
    events: Object.freeze(span.events.map(copyEvent)),
    droppedCount: span.droppedAttributesCount + span.droppedEventsCount + span.droppedLinksCount,
    resource: resourceAttributes(span.resource),
    scope: { name: span.instrumentationScope.name, version: span.instrumentationScope.version },
    sampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
  });
}

function nanoseconds([seconds, nanos]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function copyStatus({ status }: ReadableSpan): SpanStatus {
  const code = status.code === SpanStatusCode.ERROR ? 'error' : status.code === SpanStatusCode.OK ? 'ok' : 'unset';
  return { code, message: status.message };
}

function copyEvent(event: ReadableSpan['events'][number]): SpanEvent {
  return Object.freeze({
    name: event.name,
    timeUnixNano: nanoseconds(event.time),
    attributes: copyAttributes(event.attributes ?? {}),
  });
}

function copyAttributes(attributes: Readonly<Record<string, unknown>>): Attributes {
  const copy: Record<string, AttributeValue> = Object.create(null);
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) copy[key] = copyValue(value, 0);
  }
  return Object.freeze(copy);
}

/** The API's types promise text, numbers, booleans and arrays of them; what a host really sets may be anything. */
function copyValue(value: unknown, depth: number): AttributeValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => copyValue(item, depth + 1));
  const copy: Record<string, AttributeValue> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = copyValue(item, depth + 1);
  return copy;
}

const MAX_DEPTH = 64;

const resources = new WeakMap<object, Attributes>();

/** Copied once per resource; again while detectors are still adding attributes. */
function resourceAttributes(resource: ReadableSpan['resource']): Attributes {
  const known = resources.get(resource);
  if (known !== undefined) return known;
  const copy = copyAttributes(resource.attributes);
  if (resource.asyncAttributesPending !== true) resources.set(resource, copy);
  return copy;
}
