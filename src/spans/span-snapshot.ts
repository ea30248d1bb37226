/** A value of a span attribute as OTLP knows it (`AnyValue`), with 64-bit integers beyond 2^53 kept as decimal text. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** Own keys only: the object has no prototype, so `__proto__` or `constructor` as a key is just a key. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export interface SpanEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

export interface SpanStatus {
  readonly code: 'unset' | 'ok' | 'error';
  readonly message: string | undefined;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * One span, copied once and frozen: from a live span at its end, or from an OTLP file.
 * Everything behind the turn processor works on snapshots, never on the host's spans.
 */
export interface SpanSnapshot {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** True where the parent is known to live in another process. */
  readonly parentIsRemote: boolean;
  readonly name: string;
  /** `SpanKind` of the OTel API: 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  /** `undefined` while the span has not ended. */
  readonly endTimeUnixNano: bigint | undefined;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** Attributes, events and links that the SDK dropped because of its limits. */
  readonly droppedCount: number;
  readonly resource: Attributes;
  readonly scope: InstrumentationScope;
  /** Whether the trace was sampled for the trace backend. */
  readonly sampled: boolean;
}
