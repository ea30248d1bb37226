import { buildTurns } from './build-turns.ts';
import { type HeldSpan, spansBelow } from './held-spans.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import type { ClassifySpan, SpanIdentity, Turn } from './turn.ts';

/**
 * The turn of a held span as it is now, open spans included. What is above the span begins no turn here, whatever it
 * has come to say of itself.
 *
 * @param top the agent span; for a turn without one, the local root
 * @param rootSpanId the root that named the turn when it was written first: it names it still, although a wall clock
 *   that went back may have dated another before it, or a span above may have told since that it is of the turn
 * @returns `undefined` where nothing below the local root is a turn
 */
export function assembleTurn(top: HeldSpan, classify: ClassifySpan, rootSpanId?: string): Turn | undefined {
  const spans = [...spansBelow(top)].sort((a, b) => a.order - b.order).map(current);
  const ancestors: SpanSnapshot[] = [];
  for (let above = top.parent; above !== undefined; above = above.parent) ancestors.push(current(above));
  const outside = new Set<SpanIdentity>(ancestors);
  const [turn] = buildTurns([...spans, ...ancestors], (span) => (outside.has(span) ? 'other' : classify(span)));
  if (turn === undefined || rootSpanId === undefined) return turn;
  const root = turn.roots.find(({ span }) => span.spanId === rootSpanId) ?? turn.roots[0];
  return { ...turn, rootSpanId, roots: [root, ...turn.roots.filter((each) => each !== root)] };
}

function current(held: HeldSpan): SpanSnapshot {
  const span = held.snapshot ?? held.take?.();
  if (span === undefined) throw new Error('a held span is open or ended');
  return span;
}
