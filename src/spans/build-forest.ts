import type { SpanSnapshot } from './span-snapshot.ts';
import { startOrder } from './start-order.ts';
import type { SpanNode } from './turn.ts';

/** A node that also knows what is above it and when it arrived. */
export interface ForestNode extends SpanNode {
  readonly parent: ForestNode | undefined;
  readonly children: readonly ForestNode[];
  /** Place in the order of arrival. */
  readonly order: number;
}

/** One local root, or the spans of a trace that wait for the same parent. */
export interface Family {
  readonly roots: readonly ForestNode[];
  /** True where the roots name a local parent that never arrived. */
  readonly parentMissing: boolean;
}

interface GrowingNode {
  readonly span: SpanSnapshot;
  readonly order: number;
  parent: GrowingNode | undefined;
  children: GrowingNode[];
}

/**
 * Links the spans of one trace. Total on damaged input: of several spans with one id the best is kept (an ended one
 * before an open one, the later end, then the first to arrive), and a cycle is cut above its earliest span.
 *
 * @param spans spans of one trace, in order of arrival
 */
export function buildForest(spans: readonly SpanSnapshot[]): Family[] {
  const nodes = new Map<string, GrowingNode>();
  for (const [order, span] of spans.entries()) {
    const rival = nodes.get(span.spanId);
    if (rival === undefined || endsLater(span, rival.span)) {
      nodes.set(span.spanId, { span, order, parent: undefined, children: [] });
    }
  }
  for (const node of nodes.values()) {
    if (!node.span.parentIsRemote) node.parent = nodes.get(node.span.parentSpanId ?? '');
  }
  cutCycles(nodes.values());
  const inOrder = [...nodes.values()].sort(compareNodes);
  for (const node of inOrder) node.parent?.children.push(node);
  return groupRoots(inOrder.filter((node) => node.parent === undefined));
}

/** Cuts every cycle above its earliest span. Each node is visited once. */
function cutCycles(nodes: Iterable<GrowingNode>): void {
  const settled = new Set<GrowingNode>();
  for (const start of nodes) {
    const path = new Set<GrowingNode>();
    let node: GrowingNode | undefined = start;
    while (node !== undefined && !settled.has(node) && !path.has(node)) {
      path.add(node);
      node = node.parent;
    }
    if (node !== undefined && path.has(node)) earliestOfCycle(node).parent = undefined;
    for (const visited of path) settled.add(visited);
  }
}

function earliestOfCycle(member: GrowingNode): GrowingNode {
  let earliest = member;
  for (let node = member.parent; node !== undefined && node !== member; node = node.parent) {
    if (compareNodes(node, earliest) < 0) earliest = node;
  }
  return earliest;
}

function groupRoots(roots: readonly GrowingNode[]): Family[] {
  const families = Map.groupBy(roots, (root) => (root.span.parentIsRemote ? root : (root.span.parentSpanId ?? root)));
  return [...families].map(([above, family]) => ({ roots: family, parentMissing: typeof above === 'string' }));
}

function endsLater(span: SpanSnapshot, rival: SpanSnapshot): boolean {
  if (span.endTimeUnixNano === undefined) return false;
  return rival.endTimeUnixNano === undefined || span.endTimeUnixNano > rival.endTimeUnixNano;
}

/** By start, ties by arrival. */
export function compareNodes(a: Pick<ForestNode, 'span' | 'order'>, b: Pick<ForestNode, 'span' | 'order'>): number {
  return startOrder(a.span, b.span) || a.order - b.order;
}
