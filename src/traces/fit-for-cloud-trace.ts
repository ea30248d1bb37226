import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan, Resource, TimedEvent } from '../base/sdk-types.ts';
import { truncateUtf8 } from '../privacy/truncate-text.ts';
import { copySpan } from './copy-span.ts';

/**
 * Limits of the Cloud Trace API v2. Source: https://cloud.google.com/trace/docs/reference/v2/rest/v2/projects.traces/batchWrite
 * (32 attributes a span, 4 an annotation, 32 annotations, 128 links; keys and names 128 bytes, values and
 * descriptions 256 bytes).
 */
const MAX_SPAN_ATTRIBUTES = 32;
/** The exporter adds its agent label and up to five labels of the monitored resource. */
const EXPORTER_ATTRIBUTES = 6;
const MAX_EVENT_ATTRIBUTES = 4;
const MAX_LINK_ATTRIBUTES = 32;
const MAX_EVENTS = 32;
const MAX_LINKS = 128;
const MAX_KEY_BYTES = 128;
const MAX_NAME_BYTES = 128;
const MAX_VALUE_BYTES = 256;

/** What people look for in a trace, first things first; the rest follows in its own order. */
const PRIORITY: readonly RegExp[] = [
  /^(?:gen_ai\.(?:operation\.name|agent\.name|conversation\.id)|openinference\.span\.kind|traceloop\.span\.kind|langfuse\.observation\.type|ai\.operationId)$/,
  /^(?:session\.id|user\.id|error\.type|exception\.type)$/,
  /^gen_ai\.(?:provider\.name|system|request\.model|response\.(?:model|finish_reasons)|tool\.(?:name|call\.id))$/,
  /^gen_ai\.usage\./,
  /^(?:llm|ai|traceloop|langfuse|spanledger|zip|gen_ai)\./,
  /^(?:http|url|server|rpc|db)\./,
];

/**
 * A copy of the span that Cloud Trace takes whole: nothing is cut by the service, or rounded or left out by the
 * exporter. Fractional numbers and lists become text; texts are cut between characters.
 */
export function fitForCloudTrace(span: ReadableSpan): ReadableSpan {
  const attributes = fitAttributes(span.attributes, MAX_SPAN_ATTRIBUTES - EXPORTER_ATTRIBUTES);
  const { message } = span.status;
  return copySpan(span, {
    name: fitText(span.name, MAX_NAME_BYTES) || 'unnamed',
    status:
      message === undefined ? span.status : { code: span.status.code, message: fitText(message, MAX_VALUE_BYTES) },
    attributes,
    events: [...span.events].sort(exceptionsFirst).slice(0, MAX_EVENTS).map(fitEvent),
    links: span.links.slice(0, MAX_LINKS).map((link) => ({
      ...link,
      attributes: fitAttributes(link.attributes ?? {}, MAX_LINK_ATTRIBUTES),
    })),
    resource: fitResource(span.resource),
    // A clock that went back; the service refuses the whole batch for it.
    endTime: isBefore(span.endTime, span.startTime) ? span.startTime : span.endTime,
    droppedAttributesCount:
      span.droppedAttributesCount + Object.keys(span.attributes).length - Object.keys(attributes).length,
  });
}

const fittedResources = new WeakMap<Resource, Resource>();

/** Some of its attributes become labels of every span; a process has one resource as a rule. */
function fitResource(resource: Resource): Resource {
  const known = fittedResources.get(resource);
  if (known !== undefined) return known;
  const fitted = resourceFromAttributes(fitAttributes(resource.attributes, Number.POSITIVE_INFINITY));
  if (resource.asyncAttributesPending !== true) fittedResources.set(resource, fitted);
  return fitted;
}

function fitEvent(event: TimedEvent): TimedEvent {
  return {
    name: fitText(event.name, MAX_VALUE_BYTES),
    time: event.time,
    attributes: fitAttributes(event.attributes ?? {}, MAX_EVENT_ATTRIBUTES),
  };
}

function fitAttributes(attributes: Attributes, maxCount: number): Attributes {
  const entries = Object.entries(attributes);
  const fitted: Attributes = {};
  let count = 0;
  for (const [key, value] of entries.length > maxCount ? byRank(entries) : entries) {
    if (count === maxCount) break;
    const fittedKey = fitText(key, MAX_KEY_BYTES);
    const fittedValue = value === undefined ? undefined : fitValue(value);
    if (fittedKey === '' || fittedValue === undefined || Object.hasOwn(fitted, fittedKey)) continue;
    fitted[fittedKey] = fittedValue;
    count += 1;
  }
  return fitted;
}

/** What matters first; what matters alike keeps its order. */
function byRank<Value>(entries: readonly (readonly [key: string, Value])[]): readonly (readonly [string, Value])[] {
  const ranks = Map.groupBy(entries, ([key]) => rankOf(key));
  return [...ranks].sort(([a], [b]) => a - b).flatMap(([, alike]) => alike);
}

function rankOf(key: string): number {
  const rank = PRIORITY.findIndex((pattern) => pattern.test(key));
  return rank === -1 ? PRIORITY.length : rank;
}

/** The API knows text, 64-bit integers and booleans. */
function fitValue(value: AttributeValue): AttributeValue | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : fitText(String(value), MAX_VALUE_BYTES);
  if (typeof value === 'string') return fitText(value, MAX_VALUE_BYTES);
  return value === null ? undefined : fitText(JSON.stringify(value), MAX_VALUE_BYTES);
}

function fitText(text: string, maxBytes: number): string {
  // A lone surrogate is no UTF-8.
  return truncateUtf8(text, maxBytes).toWellFormed();
}

function exceptionsFirst(a: TimedEvent, b: TimedEvent): number {
  return Number(b.name === 'exception') - Number(a.name === 'exception');
}

function isBefore(a: ReadableSpan['endTime'], b: ReadableSpan['endTime']): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
