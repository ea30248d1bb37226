import { measureSnapshot } from './measure-snapshot.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import type { ClassifySpan } from './turn.ts';

/** Copies a live span as it is at the moment of the call. */
export type TakeSnapshot = () => SpanSnapshot;

/** A span that is open, or ended and still needed. */
export interface HeldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: HeldSpan | undefined;
  /** The topmost span above this one that is held; itself where there is none. */
  readonly localRoot: HeldSpan;
  readonly children: Set<HeldSpan>;
  /** The span as it ended; `undefined` while it is open. */
  snapshot: SpanSnapshot | undefined;
  /** Copies the span while it is open; released at its end, so that the host's object is not kept alive. */
  take: TakeSnapshot | undefined;
  /** Open spans here and below. */
  openCount: number;
  /** Place in the order of ends: the order of arrival that ties in time keep. */
  order: number;
  sizeBytes: number;
}

/** An open span is an entry here and a reference to an object that the host holds anyway. */
const OPEN_SPAN_BYTES = 500;

/**
 * The spans that the turn buffer holds, linked as they arrive, with running totals.
 * Invariant: `openCount` of a span is the number of held spans at or below it that have not ended.
 */
export class HeldSpans {
  readonly #traces = new Map<string, Map<string, HeldSpan>>();
  #count = 0;
  #sizeBytes = 0;
  #ended = 0;

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  find(traceId: string, spanId: string): HeldSpan | undefined {
    return this.#traces.get(traceId)?.get(spanId);
  }

  /** The local parent of a span, if it is held. */
  parentOf(span: SpanSnapshot): HeldSpan | undefined {
    return span.parentIsRemote ? undefined : this.find(span.traceId, span.parentSpanId ?? '');
  }

  /** Whether a span has not been let go. */
  has(span: HeldSpan): boolean {
    return this.find(span.traceId, span.spanId) === span;
  }

  /** Holds an open span. */
  open(span: SpanSnapshot, take: TakeSnapshot): HeldSpan {
    const held = newHeldSpan(span, take, this.parentOf(span));
    const trace = this.#traces.get(span.traceId);
    if (trace === undefined) this.#traces.set(span.traceId, new Map([[span.spanId, held]]));
    else trace.set(span.spanId, held);
    held.parent?.children.add(held);
    addToOpenCount(held, 1);
    this.#count += 1;
    this.#sizeBytes += held.sizeBytes;
    return held;
  }

  close(held: HeldSpan, snapshot: SpanSnapshot): void {
    held.snapshot = snapshot;
    held.take = undefined;
    this.#ended += 1;
    held.order = this.#ended;
    addToOpenCount(held, -1);
    const sizeBytes = measureSnapshot(snapshot);
    this.#sizeBytes += sizeBytes - held.sizeBytes;
    held.sizeBytes = sizeBytes;
  }

  /** Lets go of a span and everything below it. @returns how many spans that were */
  remove(top: HeldSpan): number {
    if (top.openCount > 0 && top.parent !== undefined) addToOpenCount(top.parent, -top.openCount);
    top.parent?.children.delete(top);
    let removed = 0;
    for (const held of spansBelow(top)) {
      const trace = this.#traces.get(held.traceId);
      trace?.delete(held.spanId);
      if (trace?.size === 0) this.#traces.delete(held.traceId);
      this.#count -= 1;
      this.#sizeBytes -= held.sizeBytes;
      removed += 1;
    }
    return removed;
  }

  /** A local root of the trace that has been held longest. */
  oldest(): HeldSpan | undefined {
    return this.#traces.values().next().value?.values().next().value?.localRoot;
  }
}

/** A held span and everything below it. Safe at any depth. */
export function* spansBelow(top: HeldSpan): Generator<HeldSpan, void, undefined> {
  const stack = [top];
  for (let held = stack.pop(); held !== undefined; held = stack.pop()) {
    yield held;
    for (const child of held.children) stack.push(child);
  }
}

/** Whether a span above, the local root apart, is open and may yet say that it is an agent. */
export function isWithinOpenSpan(span: HeldSpan): boolean {
  for (let held = span.parent; held !== undefined && held !== span.localRoot; held = held.parent) {
    if (held.snapshot === undefined) return true;
  }
  return false;
}

/** The topmost open span above that has come to say that it is an agent: several instrumentations do so after the start. */
export function findAgentAbove(span: HeldSpan, classify: ClassifySpan): HeldSpan | undefined {
  let agent: HeldSpan | undefined;
  for (let held = span.parent; held !== undefined; held = held.parent) {
    if (held.take !== undefined && classify(held.take()) === 'agent') agent = held;
  }
  return agent;
}

export function isBelow(span: HeldSpan, top: HeldSpan): boolean {
  for (let held = span.parent; held !== undefined; held = held.parent) if (held === top) return true;
  return false;
}

function newHeldSpan(span: SpanSnapshot, take: TakeSnapshot, parent: HeldSpan | undefined): HeldSpan {
  const fields = {
    traceId: span.traceId,
    spanId: span.spanId,
    parent,
    children: new Set<HeldSpan>(),
    snapshot: undefined,
    take,
    openCount: 0,
    order: Number.MAX_SAFE_INTEGER,
    sizeBytes: OPEN_SPAN_BYTES,
  };
  if (parent !== undefined) return { ...fields, localRoot: parent.localRoot };
  const root: HeldSpan = {
    ...fields,
    get localRoot() {
      return root;
    },
  };
  return root;
}

function addToOpenCount(from: HeldSpan, change: number): void {
  for (let held: HeldSpan | undefined = from; held !== undefined; held = held.parent) held.openCount += change;
}
