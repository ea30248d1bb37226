import type { SpanEvent, SpanSnapshot, SpanStatus } from '../spans/span-snapshot.ts';
import { parseAttributes } from './parse-attributes.ts';
import { protoField } from './proto-field.ts';
import { listAt, spanGroups } from './span-groups.ts';

export interface ParsedRequest {
  readonly spans: readonly SpanSnapshot[];
  /** Spans that could not be used, by reason: `invalid_trace_id`, `invalid_span_id`, `invalid_start_time`. */
  readonly rejected: ReadonlyMap<string, number>;
}

/**
 * Reads one OTLP/JSON `ExportTraceServiceRequest`. Total: whatever is not as the protocol says is left out or, where
 * a span cannot be used without it, the span is rejected and counted.
 * Ids are read as hex (the protocol's JSON form) or base64 (what generic protobuf-to-JSON converters write).
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 *
 * @param request the parsed JSON document
 *
 * @example
 * const { spans } = parseOtlpJson(JSON.parse(await readFile('spans.json', 'utf8')));
 */
export function parseOtlpJson(request: unknown): ParsedRequest {
  const spans: SpanSnapshot[] = [];
  const rejected = new Map<string, number>();
  for (const group of spanGroups(request)) {
    const resource = parseAttributes(protoField(group.resource, 'attributes'));
    const scope = {
      name: text(protoField(group.scope, 'name')) ?? '',
      version: text(protoField(group.scope, 'version')),
    };
    for (const span of group.spans) {
      const parsed = parseSpan(span, resource, scope);
      if (typeof parsed === 'string') rejected.set(parsed, (rejected.get(parsed) ?? 0) + 1);
      else spans.push(parsed);
    }
  }
  return { spans, rejected };
}

function parseSpan(
  span: unknown,
  resource: SpanSnapshot['resource'],
  scope: SpanSnapshot['scope'],
): SpanSnapshot | string {
  const traceId = parseTraceId(protoField(span, 'traceId'));
  if (traceId === undefined) return 'invalid_trace_id';
  const spanId = parseId(protoField(span, 'spanId'), 8);
  if (spanId === undefined) return 'invalid_span_id';
  const startTimeUnixNano = parseTime(protoField(span, 'startTimeUnixNano'));
  if (startTimeUnixNano === undefined) return 'invalid_start_time';
  const flags = wholeNumber(protoField(span, 'flags'));
  return Object.freeze({
    traceId,
    spanId,
    parentSpanId: parseId(protoField(span, 'parentSpanId'), 8),
    parentIsRemote: (flags & HAS_IS_REMOTE) !== 0 && (flags & IS_REMOTE) !== 0,
    name: text(protoField(span, 'name')) ?? '',
    kind: parseKind(protoField(span, 'kind')),
    startTimeUnixNano,
    endTimeUnixNano: parseTime(protoField(span, 'endTimeUnixNano')),
    status: parseStatus(protoField(span, 'status')),
    attributes: parseAttributes(protoField(span, 'attributes')),
    events: listAt(span, 'events').map(parseEvent),
    droppedCount:
      wholeNumber(protoField(span, 'droppedAttributesCount')) +
      wholeNumber(protoField(span, 'droppedEventsCount')) +
      wholeNumber(protoField(span, 'droppedLinksCount')),
    resource,
    scope,
    // Senders that know no flags send 0, and what is exported is sampled unless the sender says otherwise.
    sampled: flags === 0 || (flags & SAMPLED) !== 0,
  });
}

// Bits of `Span.flags`. Source: opentelemetry/proto/trace/v1/trace.proto, SpanFlags.
const SAMPLED = 0x1;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function parseEvent(event: unknown): SpanEvent {
  return Object.freeze({
    name: text(protoField(event, 'name')) ?? '',
    timeUnixNano: parseTime(protoField(event, 'timeUnixNano')) ?? 0n,
    attributes: parseAttributes(protoField(event, 'attributes')),
  });
}

function parseStatus(status: unknown): SpanStatus {
  const code = protoField(status, 'code');
  const message = text(protoField(status, 'message'));
  if (code === 2 || code === 'STATUS_CODE_ERROR') return { code: 'error', message };
  if (code === 1 || code === 'STATUS_CODE_OK') return { code: 'ok', message };
  return { code: 'unset', message };
}

/** Kinds in the order of the protocol; it counts from 1 (internal), the API from 0. */
const KIND_NAMES = [
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];

function parseKind(kind: unknown): number {
  const index = typeof kind === 'number' ? kind - 1 : KIND_NAMES.indexOf(String(text(kind)));
  return index in KIND_NAMES ? index : 0;
}

/** @returns 32 lower-case hex digits, or `undefined` for anything that is no trace id */
export function parseTraceId(id: unknown): string | undefined {
  return parseId(id, 16);
}

/** @returns lower-case hex, or `undefined` for anything that is no id, the all-zero id included */
function parseId(id: unknown, sizeBytes: number): string | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const hex = /^[0-9a-f]+$/i.test(id) && id.length === sizeBytes * 2 ? id.toLowerCase() : base64ToHex(id, sizeBytes);
  return hex === undefined || /^0+$/.test(hex) ? undefined : hex;
}

function base64ToHex(id: string, sizeBytes: number): string | undefined {
  if (id.length !== Math.ceil(sizeBytes / 3) * 4 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(id)) return undefined;
  const bytes = Buffer.from(id, 'base64');
  return bytes.length === sizeBytes ? bytes.toString('hex') : undefined;
}

/** Nanoseconds since the epoch, as text or number; 0 means "not set". */
function parseTime(time: unknown): bigint | undefined {
  if (typeof time === 'string' && /^\d{1,20}$/.test(time)) return BigInt(time) || undefined;
  if (typeof time === 'number' && Number.isInteger(time) && time > 0) return BigInt(time);
  return undefined;
}

function wholeNumber(value: unknown): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
