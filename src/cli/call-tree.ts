import { isArray, isObject, type JsonObject, nonEmptyString } from '../base/json-value.ts';
import type { StoredSpan } from '../store/turn-spans.ts';
import type { TurnRow } from './turn-line.ts';

/** The turn, a call of it, or another span. */
export interface TreeNode {
  readonly span_id: string | null;
  /** 0 for the turn itself; what stands below a node follows it, a level deeper. */
  readonly depth: number;
  readonly kind: 'model' | 'tool' | 'span';
  readonly name: string;
  /** Milliseconds since the start of the turn; NULL where only the row is known. */
  readonly offset_ms: number | null;
  /** NULL for what never ended. */
  readonly duration_ms: number | null;
  readonly total_token_count: number | null;
  readonly error: string | null;
}

type Call = Omit<TreeNode, 'depth'>;

/**
 * The calls of a turn in the order of a tree. What a row knows of a call, its tokens and its error, comes from the row.
 * A call whose span is not kept stands below the turn.
 *
 * @param spans of the turn's trace, other turns included; none where none are kept
 */
export function buildCallTree(row: TurnRow, spans: readonly StoredSpan[]): TreeNode[] {
  const calls = [...readCalls(row.model_calls, 'model'), ...readCalls(row.tool_calls, 'tool')];
  const callOf = new Map(calls.map((call) => [call.span_id, call]));
  const turn = readTurn(row);
  const root = spans.find(({ spanId }) => spanId === row.span_id);
  if (root === undefined) return [{ ...turn, depth: 0 }, ...calls.map((call) => ({ ...call, depth: 1 }))];
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const seen = new Set<string | null>();
  const nodes: TreeNode[] = [];
  // A stack, for a trace may be deeper than calls can be.
  const next = [{ span: root, depth: 0 }];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    const { span, depth } = at;
    // A parent that is its own descendant would have no end.
    if (seen.has(span.spanId)) continue;
    seen.add(span.spanId);
    const known = depth === 0 ? { ...turn, kind: 'span' as const } : callOf.get(span.spanId);
    nodes.push({ ...readSpan(span, known), offset_ms: Math.round(span.startMillis - root.startMillis), depth });
    const below = children.get(span.spanId) ?? [];
    next.push(...below.toReversed().map((child) => ({ span: child, depth: depth + 1 })));
  }
  return [...nodes, ...calls.filter(({ span_id }) => !seen.has(span_id)).map((call) => ({ ...call, depth: 1 }))];
}

/** Names with the lines of a tree before them. */
export function renderTreeNames(nodes: readonly TreeNode[]): string[] {
  // From the end: whether a node of the same parent follows.
  const follows = new Set<number>();
  const hasNext = nodes.toReversed().map(({ depth }) => {
    const has = follows.has(depth);
    for (const deeper of follows) if (deeper > depth) follows.delete(deeper);
    follows.add(depth);
    return has;
  });
  const lines: string[] = [];
  return nodes.map(({ depth, name }, i) => {
    const goesOn = hasNext[nodes.length - 1 - i];
    if (depth === 0) return name;
    lines.length = depth - 1;
    const before = lines.join('');
    lines.push(goesOn ? '│ ' : '  ');
    return `${before}${goesOn ? '├ ' : '└ '}${name}`;
  });
}

function readTurn(row: TurnRow): Call {
  return {
    span_id: nonEmptyString(row.span_id) ?? null,
    kind: 'span',
    name: nonEmptyString(row.agent_name) ?? 'turn',
    offset_ms: 0,
    duration_ms: numberOrNull(row.duration_ms),
    total_token_count: numberOrNull(row.total_token_count),
    error: nonEmptyString(row.error_message) ?? null,
  };
}

function readCalls(value: unknown, kind: 'model' | 'tool'): Call[] {
  return (isArray(value) ? value.filter(isObject) : []).map((call: JsonObject) => ({
    span_id: nonEmptyString(call.span_id) ?? null,
    kind,
    name: `${kind} ${nonEmptyString(kind === 'model' ? call.model : call.name) ?? 'call'}`,
    offset_ms: null,
    duration_ms: numberOrNull(call.duration_ms),
    total_token_count: numberOrNull(call.total_token_count),
    error: nonEmptyString(call.error) ?? (call.success === false ? 'failed' : null),
  }));
}

function readSpan({ spanId, name, durationMillis, error }: StoredSpan, known: Call | undefined): Call {
  return {
    span_id: spanId,
    kind: known?.kind ?? 'span',
    name,
    offset_ms: null,
    duration_ms: durationMillis ?? null,
    total_token_count: known?.total_token_count ?? null,
    error: known?.error ?? error ?? null,
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
