import type { Attributes, SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { SpanRole } from '../../src/spans/turn.ts';

export interface SampleSpan {
  readonly id: string;
  readonly parent?: string;
  readonly role?: SpanRole;
  readonly trace?: string;
  readonly start?: number;
  /** `null`: has not ended. */
  readonly end?: number | null;
  readonly remote?: boolean;
  readonly attributes?: Attributes;
}

/** A snapshot with short ids: `a` becomes a span id that ends with the code of `a`. */
export function sampleSpan(span: SampleSpan): SpanSnapshot {
  const { start = 0, end = start + 10 } = span;
  return {
    traceId: hexId(span.trace ?? 't', 32),
    spanId: hexId(span.id, 16),
    parentSpanId: span.parent === undefined ? undefined : hexId(span.parent, 16),
    parentIsRemote: span.remote ?? false,
    name: span.id,
    kind: 0,
    startTimeUnixNano: BigInt(start) * 1_000_000n + 1n,
    endTimeUnixNano: end === null ? undefined : BigInt(end) * 1_000_000n + 1n,
    status: { code: 'unset', message: undefined },
    attributes: { role: span.role ?? 'other', ...span.attributes },
    events: [],
    droppedCount: 0,
    resource: {},
    scope: { name: 'sample', version: undefined },
    sampled: true,
  };
}

export function hexId(name: string, length: number): string {
  return Buffer.from(name).toString('hex').padStart(length, '0');
}

/** The role that `sampleSpan` was given. */
export function sampleRole(span: { readonly attributes: Attributes }): SpanRole {
  const { role } = span.attributes;
  return role === 'agent' || role === 'genai' || role === 'tool' || role === 'part' ? role : 'other';
}
