import { buildForest, type ForestNode } from './build-forest.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
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
  for (const traceSpans of groupByTrace(spans).values()) {
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
  return turns.sort((a, b) => compareStart(a.roots[0].span, b.roots[0].span));
}

function groupByTrace(spans: readonly SpanSnapshot[]): Map<string, SpanSnapshot[]> {
  const traces = new Map<string, SpanSnapshot[]>();
  for (const span of spans) {
    const trace = traces.get(span.traceId);
    if (trace === undefined) traces.set(span.traceId, [span]);
    else trace.push(span);
  }
  return traces;
}

/** @param localRoots the local root, or the spans that wait for the same missing parent */
function findTurns(
  localRoots: readonly ForestNode[],
  parentMissing: boolean,
  roleOf: (span: SpanSnapshot) => SpanRole,
): Turn[] {
  const agents = findAgents(localRoots, parentMissing, roleOf);
  if (agents.length > 0) return agents.map((agent) => buildTurn([agent], incompleteReason([agent], false)));
  const [first, ...rest] = topmost(localRoots, (span) => roleOf(span) === 'genai' || roleOf(span) === 'tool');
  if (first === undefined) return [];
  const roots: [ForestNode, ...ForestNode[]] = [first, ...rest];
  return [buildTurn(roots, incompleteReason(roots, parentMissing))];
}

/**
 * The agent invocations that begin a turn. Among orphans an agent below a tool begins none: it was used as a tool, by
 * the very agent whose span never arrived.
 */
function findAgents(
  localRoots: readonly ForestNode[],
  parentMissing: boolean,
  roleOf: (span: SpanSnapshot) => SpanRole,
): ForestNode[] {
  if (!parentMissing) return topmost(localRoots, (span) => roleOf(span) === 'agent');
  const found = topmost(localRoots, (span) => roleOf(span) === 'agent' || roleOf(span) === 'tool');
  return found.filter(({ span }) => roleOf(span) === 'agent');
}

/** The nodes that match and have no match above them, in order of start. */
function topmost(localRoots: readonly ForestNode[], matches: (span: SpanSnapshot) => boolean): ForestNode[] {
  const found: ForestNode[] = [];
  const stack = [...localRoots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (matches(node.span)) found.push(node);
    else stack.push(...node.children);
  }
  return found.sort((a, b) => compareStart(a.span, b.span) || a.order - b.order);
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

function compareStart(a: SpanSnapshot, b: SpanSnapshot): number {
  if (a.startTimeUnixNano === b.startTimeUnixNano) return 0;
  return a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1;
}
