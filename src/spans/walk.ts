import type { SpanNode } from './turn.ts';

/** A node with everything below it, parents before children, siblings in order. Safe at any depth. */
export function* walk(node: SpanNode): Generator<SpanNode, void, undefined> {
  const stack: SpanNode[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    for (const child of next.children.toReversed()) stack.push(child);
  }
}
