import type { Attributes, Span } from '@opentelemetry/api';

/** What is known for a span that has not started yet. */
export interface ChildAttributes {
  /** The child's name begins with this. */
  readonly namePrefix: string;
  readonly attributes: Attributes;
}

/**
 * What the plugin (called by ADK) and the span processor (called by OpenTelemetry) tell each other about live spans.
 * Everything hangs on the spans themselves, so nothing outlives them.
 */
export interface SpanLinks {
  readonly parents: WeakMap<Span, Span>;
  /** The topmost `invoke_agent` below an `invocation`. */
  readonly agents: WeakMap<Span, Span>;
  readonly childAttributes: WeakMap<Span, ChildAttributes>;
}

const KEY = Symbol.for('spanledger.adk.span-links.v1');

/**
 * One set of links per process, found by a registered symbol as OpenTelemetry's own API does: the plugin and the
 * processor may come from two copies of this module (a bundle beside `node_modules`).
 */
export function spanLinks(): SpanLinks {
  const known: unknown = Reflect.get(globalThis, KEY);
  if (isSpanLinks(known)) return known;
  const links: SpanLinks = { parents: new WeakMap(), agents: new WeakMap(), childAttributes: new WeakMap() };
  Reflect.set(globalThis, KEY, links);
  return links;
}

function isSpanLinks(value: unknown): value is SpanLinks {
  return typeof value === 'object' && value !== null && 'childAttributes' in value;
}
