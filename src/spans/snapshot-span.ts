import type { Attributes as ApiAttributes, HrTime } from '@opentelemetry/api';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '../base/sdk-types.ts';
import type { Attributes, AttributeValue, SpanEvent, SpanSnapshot, SpanStatus } from './span-snapshot.ts';

/**
 * Copies a live span as it is now. The copy shares nothing that the host or another processor could still change,
 * but for the resource, which is copied once for all spans.
 *
 * @param given attributes that the span has for the ledger only
 */
export function snapshotSpan(span: ReadableSpan, given?: ApiAttributes): SpanSnapshot {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  const start = nanoseconds(span.startTime);
  const end = span.ended ? nanoseconds(span.endTime) : undefined;
  const lacksTime = start === undefined || (span.ended && end === undefined);
  return Object.freeze({
    traceId,
    spanId,
    parentSpanId: parent?.spanId,
    parentIsRemote: parent?.isRemote === true,
    name: span.name,
    kind: span.kind,
    // A time that is none (an invalid date) must not cost the span: the other one stands in for it, and it is counted.
    startTimeUnixNano: start ?? end ?? 0n,
    endTimeUnixNano: span.ended ? (end ?? start ?? 0n) : undefined,
    status: copyStatus(span),
    attributes: copyAttributes(given === undefined ? span.attributes : { ...span.attributes, ...given }),
    events: Object.freeze(span.events.map(copyEvent)),
    droppedCount: span.droppedAttributesCount + span.droppedEventsCount + span.droppedLinksCount + (lacksTime ? 1 : 0),
    resource: resourceAttributes(span.resource),
    scope: { name: span.instrumentationScope.name, version: span.instrumentationScope.version },
    sampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
  });
}

function nanoseconds([seconds, nanos]: HrTime): bigint | undefined {
  if (!Number.isFinite(seconds) || !Number.isFinite(nanos)) return undefined;
  const whole = Math.trunc(seconds);
  return BigInt(whole) * 1_000_000_000n + BigInt(Math.round((seconds - whole) * 1e9 + nanos));
}

function copyStatus({ status }: ReadableSpan): SpanStatus {
  const code = status.code === SpanStatusCode.ERROR ? 'error' : status.code === SpanStatusCode.OK ? 'ok' : 'unset';
  return { code, message: status.message };
}

function copyEvent(event: ReadableSpan['events'][number]): SpanEvent {
  return Object.freeze({
    name: event.name,
    timeUnixNano: nanoseconds(event.time) ?? 0n,
    attributes: copyAttributes(event.attributes ?? {}),
  });
}

function copyAttributes(attributes: Readonly<Record<string, unknown>>): Attributes {
  const copy: Record<string, AttributeValue> = Object.create(null);
  for (const key of Object.keys(attributes)) {
    const value = copyAttribute(attributes, key);
    if (value !== undefined) copy[key] = value;
  }
  return Object.freeze(copy);
}

function copyAttribute(attributes: Readonly<Record<string, unknown>>, key: string): AttributeValue | undefined {
  try {
    const value = attributes[key];
    return value === undefined ? undefined : copyValue(value, 0, { left: MAX_VALUES });
  } catch {
    // A getter of the host's: the rest of the span is still worth a row.
    return null;
  }
}

/**
 * The API's types promise text, numbers, booleans and arrays of them; what a host really sets may be anything.
 *
 * @param budget how many more objects and arrays of the value may be entered
 */
function copyValue(value: unknown, depth: number, budget: { left: number }): AttributeValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return null;
  budget.left -= 1;
  if (budget.left < 0) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => copyValue(item, depth + 1, budget));
  const copy: Record<string, AttributeValue> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = copyValue(item, depth + 1, budget);
  return copy;
}

const MAX_DEPTH = 64;
// An object that holds itself twice has 2^64 paths down to that depth.
const MAX_VALUES = 10_000;

const resources = new WeakMap<object, Attributes>();

/** Copied once per resource; again while detectors are still adding attributes. */
function resourceAttributes(resource: ReadableSpan['resource']): Attributes {
  const known = resources.get(resource);
  if (known !== undefined) return known;
  const copy = copyAttributes(resource.attributes);
  if (resource.asyncAttributesPending !== true) resources.set(resource, copy);
  return copy;
}
