import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import { startOrder } from '../spans/start-order.ts';
import type { SpanNode, Turn } from '../spans/turn.ts';
import { type RecognisedSpan, recogniseSpan } from './dialects/classify-span.ts';

/** A span of a turn with what it is, and what of the turn is around it. */
export interface TurnSpan extends RecognisedSpan {
  readonly span: SpanSnapshot;
  readonly parent: TurnSpan | undefined;
  readonly underTool: boolean;
  /** The nearest agent or tool above: calls with the same owner share a conversation. */
  readonly owner: TurnSpan | undefined;
  /** The nearest model call above with no agent or tool in between. */
  readonly enclosingCall: TurnSpan | undefined;
  /** The nearest model call above, whatever is in between. */
  readonly callAbove: TurnSpan | undefined;
}

/** All spans of a turn, parents before children, siblings in order. Safe at any depth; linear. */
export function listTurnSpans(turn: Turn): readonly TurnSpan[] {
  const listed: TurnSpan[] = [];
  const stack: { readonly node: SpanNode; readonly parent: TurnSpan | undefined }[] = [];
  const push = (nodes: readonly SpanNode[], parent: TurnSpan | undefined): void => {
    for (const node of nodes.toReversed()) stack.push({ node, parent });
  };
  push(turn.roots, undefined);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const span = place(next.node.span, next.parent);
    listed.push(span);
    push(next.node.children, span);
  }
  return listed;
}

/** A call, and the calls around it: views that several instrumentations have of the same one. */
export function* viewsOf(call: TurnSpan | undefined): Generator<TurnSpan> {
  for (let view = call; view !== undefined; view = view.enclosingCall) yield view;
}

function place(span: SpanSnapshot, parent: TurnSpan | undefined): TurnSpan {
  const parentKind = parent?.kind;
  const ownsBelow = parentKind === 'agent' || parentKind === 'tool';
  return {
    span,
    ...recogniseSpan(span),
    parent,
    underTool: parent !== undefined && (parent.underTool || parentKind === 'tool'),
    owner: ownsBelow ? parent : parent?.owner,
    enclosingCall: parentKind === 'model' ? parent : ownsBelow ? undefined : parent?.enclosingCall,
    callAbove: parentKind === 'model' ? parent : parent?.callAbove,
  };
}

/** By start; the order of the list, which keeps the order of arrival, decides ties. */
export function byStart<T extends { readonly span: SpanSnapshot }>(spans: readonly T[]): T[] {
  return spans.toSorted((a, b) => startOrder(a.span, b.span));
}
