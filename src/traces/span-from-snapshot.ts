import { type Attributes, type HrTime, type SpanContext, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { rememberByObject } from '../base/remember-by-object.ts';
import type { ReadableSpan } from '../base/sdk-types.ts';
import type { AttributeValue, Attributes as SnapshotAttributes, SpanSnapshot } from '../spans/span-snapshot.ts';

const STATUS_CODES = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, error: SpanStatusCode.ERROR } as const;

/**
 * A finished span for an exporter, made from its snapshot. Its links are lost, for a snapshot has none; a span that
 * never ended ends where it began.
 *
 * @param traceFlags of the copy. Default: the span's own sampling decision.
 */
export function spanFromSnapshot(
  snapshot: SpanSnapshot,
  traceFlags: TraceFlags = snapshot.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
): ReadableSpan {
  const { traceId, spanId, parentSpanId } = snapshot;
  const context: SpanContext = { traceId, spanId, traceFlags };
  const end = snapshot.endTimeUnixNano ?? snapshot.startTimeUnixNano;
  return {
    name: snapshot.name,
    kind: snapshot.kind,
    spanContext: () => context,
    ...(parentSpanId !== undefined && {
      parentSpanContext: { traceId, spanId: parentSpanId, traceFlags, isRemote: snapshot.parentIsRemote },
    }),
    startTime: hrTime(snapshot.startTimeUnixNano),
    endTime: hrTime(end),
    duration: hrTime(end < snapshot.startTimeUnixNano ? 0n : end - snapshot.startTimeUnixNano),
    ended: true,
    status: {
      code: STATUS_CODES[snapshot.status.code],
      ...(snapshot.status.message !== undefined && { message: snapshot.status.message }),
    },
    attributes: toAttributes(snapshot.attributes),
    links: [],
    events: snapshot.events.map((event) => ({
      name: event.name,
      time: hrTime(event.timeUnixNano),
      attributes: toAttributes(event.attributes),
    })),
    resource: toResource(snapshot.resource),
    instrumentationScope: {
      name: snapshot.scope.name,
      ...(snapshot.scope.version !== undefined && { version: snapshot.scope.version }),
    },
    droppedAttributesCount: snapshot.droppedCount,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const NANOS_PER_SECOND = 1_000_000_000n;

function hrTime(nanos: bigint): HrTime {
  return [Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND)];
}

function toAttributes(attributes: SnapshotAttributes): Attributes {
  const copy: Attributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    const plain = value === undefined ? undefined : toAttributeValue(value);
    if (plain !== undefined) copy[key] = plain;
  }
  return copy;
}

/** What the API's attributes cannot hold is told as JSON. */
function toAttributeValue(value: AttributeValue): Attributes[string] {
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  if (isListOf(value, 'string')) return [...value];
  if (isListOf(value, 'number')) return [...value];
  if (isListOf(value, 'boolean')) return [...value];
  return JSON.stringify(value);
}

interface Primitives {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

function isListOf<T extends keyof Primitives>(value: AttributeValue, type: T): value is readonly Primitives[T][] {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}

/** Exporters group spans by their resource, so equal ones are one. */
const toResource = rememberByObject((attributes: SnapshotAttributes) =>
  resourceFromAttributes(toAttributes(attributes)),
);
