import type { SpanNode } from './turn.ts';

/** A node with everything below it, parents before children, siblings in order. Safe at any depth. */
export function* walk(node: SpanNode): Generator<SpanNode, void, undefined> {
  const stack: SpanNode[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    for (let i = next.children.length - 1; i >= 0; i -= 1) {
      const child = next.children[i];
      if (child !== undefined) stack.push(child);
    }
  }
}
