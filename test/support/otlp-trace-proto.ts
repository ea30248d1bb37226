import protobuf from 'protobufjs';

/** The part of OTLP's trace protocol that the loopback reads; text fields as bytes, so that their UTF-8 is checked. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Scope { bytes name = 1; bytes version = 2; }
  message KeyValue { bytes key = 1; AnyValue value = 2; }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message AnyValue {
    oneof value {
      bytes string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    }
  }
  message Status { bytes message = 2; int32 code = 3; }
  message Event { fixed64 time_unix_nano = 1; bytes name = 2; repeated KeyValue attributes = 3; }
  message Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes trace_state = 3; bytes parent_span_id = 4; bytes name = 5;
    int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    uint32 dropped_attributes_count = 10; repeated Event events = 11; uint32 dropped_events_count = 12;
    repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
  }
`);

const Request = root.lookupType('Request');
const ID_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The request as OTLP/JSON has it.
 *
 * @throws where the bytes are no such message, or a text is no UTF-8
 */
export function decodeOtlpProtobuf(body: Buffer): unknown {
  const message = Request.toObject(Request.decode(body), { longs: String });
  return JSON.parse(JSON.stringify(message, replaceBytes));
}

function replaceBytes(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has called Buffer's toJSON already: the holder still has the bytes.
  const held: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : undefined;
  if (!(held instanceof Uint8Array)) return value;
  return ID_FIELDS.has(key) ? Buffer.from(held).toString('hex') : utf8.decode(held);
}
