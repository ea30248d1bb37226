import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, type TracerProvider, trace } from '@opentelemetry/api';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { spanFromSnapshot } from '../../src/traces/span-from-snapshot.ts';

/** Set with the start by every OpenInference package. */
const EARLY_KEY = 'openinference.span.kind';

/** When an instrumentation sets its attributes: some with the start, some after it. */
export type AttributesAt = 'start' | 'end';

/** Makes the spans of a capture again, live, in the order in which they began and ended. */
export function replayCapture(
  provider: TracerProvider,
  snapshots: readonly SpanSnapshot[],
  attributesAt: AttributesAt,
): void {
  const live = new Map<string, Span>();
  const moments = snapshots.flatMap((snapshot) => [
    { at: snapshot.startTimeUnixNano, order: 0, snapshot },
    ...(snapshot.endTimeUnixNano === undefined ? [] : [{ at: snapshot.endTimeUnixNano, order: 1, snapshot }]),
  ]);
  const depth = new Map<string, number>();
  const depthOf = ({ spanId, parentSpanId }: SpanSnapshot): number => {
    const known = depth.get(spanId);
    if (known !== undefined) return known;
    const parent = snapshots.find((each) => each.spanId === parentSpanId);
    const own = parent === undefined ? 0 : depthOf(parent) + 1;
    depth.set(spanId, own);
    return own;
  };
  moments.sort((a, b) => {
    if (a.at !== b.at) return a.at < b.at ? -1 : 1;
    if (a.order !== b.order) return a.order - b.order;
    return (depthOf(a.snapshot) - depthOf(b.snapshot)) * (a.order === 0 ? 1 : -1);
  });
  for (const { order, snapshot } of moments) {
    const copy = spanFromSnapshot(snapshot);
    if (order === 0) {
      const tracer = provider.getTracer(snapshot.scope.name, snapshot.scope.version);
      const { kind, startTime, attributes } = copy;
      const early = EARLY_KEY in attributes ? { [EARLY_KEY]: attributes[EARLY_KEY] } : {};
      const options = { kind, startTime, attributes: attributesAt === 'start' ? attributes : early };
      live.set(snapshot.spanId, tracer.startSpan(snapshot.name, options, contextOf(snapshot, live)));
      continue;
    }
    const span = live.get(snapshot.spanId);
    if (span === undefined) continue;
    if (attributesAt === 'end') span.setAttributes(copy.attributes);
    for (const event of copy.events) span.addEvent(event.name, event.attributes, event.time);
    if (copy.status.code !== SpanStatusCode.UNSET) span.setStatus(copy.status);
    span.end(copy.endTime);
  }
}

function contextOf({ parentSpanId }: SpanSnapshot, live: ReadonlyMap<string, Span>): Context {
  const parent = parentSpanId === undefined ? undefined : live.get(parentSpanId);
  return parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
}
