import { buildForest, compareNodes, type ForestNode } from './build-forest.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import { startOrder } from './start-order.ts';
import type { ClassifySpan, IncompleteReason, SpanRole, Turn } from './turn.ts';
import { walk } from './walk.ts';

/**
 * Finds the turns in a set of spans. Pure: the same spans in any order of arrival give the same turns, but for spans
 * that start in the same nanosecond, which keep their order of arrival.
 *
 * A turn is the topmost agent span of a local trace with everything below it. Where a local trace has no agent span,
 * its topmost GenAI spans are one turn. Spans that wait for the same parent, which never arrived, count as one local
 * trace, in which an agent below a tool begins no turn. Spans above a turn never make a turn.
 *
 * @param spans of any number of traces; spans that have not ended are marked in the turn's `incompleteReason`
 * @returns turns in the order of their roots' start
 *
 * @example
 * const turns = buildTurns(parseOtlpJson(text), classifySpan);
 */
export function buildTurns(spans: readonly SpanSnapshot[], classify: ClassifySpan): Turn[] {
  const turns: Turn[] = [];
  for (const traceSpans of Map.groupBy(spans, (span) => span.traceId).values()) {
    const roles = new Map<SpanSnapshot, SpanRole>();
    const roleOf = (span: SpanSnapshot): SpanRole => {
      const known = roles.get(span);
      if (known !== undefined) return known;
      const role = classify(span);
      roles.set(span, role);
      return role;
    };
    for (const family of buildForest(traceSpans)) turns.push(...findTurns(family.roots, family.parentMissing, roleOf));
  }
  return turns.sort((a, b) => startOrder(a.roots[0].span, b.roots[0].span));
}

/** @param localRoots the local root, or the spans that wait for the same missing parent */
function findTurns(
  localRoots: readonly ForestNode[],
  parentMissing: boolean,
  roleOf: (span: SpanSnapshot) => SpanRole,
): Turn[] {
  // Among orphans an agent below a tool begins no turn: it was used as a tool, by the very agent whose span never arrived.
  const found = topmost(localRoots, roleOf, parentMissing ? ['agent', 'tool'] : ['agent']);
  const agents = found.filter(({ span }) => roleOf(span) === 'agent');
  if (agents.length > 0) return agents.map((agent) => buildTurn([agent], incompleteReason([agent], false)));
  const [first, ...rest] = topmost(localRoots, roleOf, ['genai', 'tool']);
  if (first === undefined) return [];
  const roots: [ForestNode, ...ForestNode[]] = [first, ...rest];
  return [buildTurn(roots, incompleteReason(roots, parentMissing))];
}

/** The nodes of the roles that have none of these roles above them, in order of start. */
function topmost(
  localRoots: readonly ForestNode[],
  roleOf: (span: SpanSnapshot) => SpanRole,
  roles: readonly SpanRole[],
): ForestNode[] {
  const found: ForestNode[] = [];
  const stack = [...localRoots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (roles.includes(roleOf(node.span))) found.push(node);
    else stack.push(...node.children);
  }
  return found.sort(compareNodes);
}

function buildTurn(roots: readonly [ForestNode, ...ForestNode[]], reason: IncompleteReason | undefined): Turn {
  const ancestors: SpanSnapshot[] = [];
  for (let above = roots[0].parent; above !== undefined; above = above.parent) ancestors.push(above.span);
  const { traceId, spanId: rootSpanId } = roots[0].span;
  return { traceId, rootSpanId, roots, ancestors, recordVersion: 1, incompleteReason: reason };
}

function incompleteReason(roots: readonly ForestNode[], parentMissing: boolean): IncompleteReason | undefined {
  if (roots.some((root) => root.span.endTimeUnixNano === undefined)) return 'root_open';
  let reason: IncompleteReason | undefined = parentMissing ? 'parent_missing' : undefined;
  for (const root of roots) {
    for (const { span } of walk(root)) {
      if (span.endTimeUnixNano === undefined) return 'span_open';
      if (span.droppedCount > 0) reason ??= 'span_dropped';
    }
  }
  return reason;
}
