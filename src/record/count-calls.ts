import type { ReportedUsage } from './reported-usage.ts';
import { byStart, type TurnSpan } from './turn-spans.ts';

/** Which spans of a turn are its model calls, and which usage is counted. No token is counted twice. */
export interface CountedCalls {
  /** In start order. Spans that only repeat the calls below them, or are part of the call around them, are left out. */
  readonly calls: readonly TurnSpan[];
  /** Spans whose usage adds up to the turn's: calls, and agents below which no call carries usage. */
  readonly sources: readonly TurnSpan[];
  /** A call took place whose usage is in none of the sources: the sum would be partial. */
  readonly hasUncounted: boolean;
}

/** @param spans of a turn, parents before children */
export function countCalls(spans: readonly TurnSpan[]): CountedCalls {
  const { anywhere, enclosed } = usageBelow(spans);
  const isAggregate = (span: TurnSpan): boolean => enclosed.has(span);
  const isCall = (span: TurnSpan): boolean =>
    kindOf(span) === 'model' &&
    !isAggregate(span) &&
    (span.enclosingCall === undefined || isAggregate(span.enclosingCall));

  const calls: TurnSpan[] = [];
  const sources: TurnSpan[] = [];
  // Spans at or below an agent whose own usage is counted: everything below is in it already.
  const covered = new Set<TurnSpan>();
  let hasUncounted = false;
  for (const span of spans) {
    const isCovered = span.parent !== undefined && covered.has(span.parent);
    if (isCovered) covered.add(span);
    if (isCall(span)) {
      calls.push(span);
      if (isCovered) continue;
      if (usageOf(span) !== undefined) sources.push(span);
      else hasUncounted ||= mayHaveSpent(span);
    } else if (kindOf(span) === 'agent' && !isCovered && usageOf(span) !== undefined && !anywhere.has(span)) {
      sources.push(span);
      covered.add(span);
    }
  }
  return { calls: byStart(calls), sources, hasUncounted };
}

/** Spans that have a model call with usage below them: anywhere, and with no agent or tool in between. */
function usageBelow(spans: readonly TurnSpan[]): {
  readonly anywhere: ReadonlySet<TurnSpan>;
  readonly enclosed: ReadonlySet<TurnSpan>;
} {
  const anywhere = new Set<TurnSpan>();
  const enclosed = new Set<TurnSpan>();
  for (const span of spans.toReversed()) {
    const { parent } = span;
    if (parent === undefined) continue;
    const kind = kindOf(span);
    const counts = kind === 'model' && usageOf(span) !== undefined;
    if (counts || anywhere.has(span)) anywhere.add(parent);
    if (kind !== 'agent' && kind !== 'tool' && (counts || enclosed.has(span))) enclosed.add(parent);
  }
  return { anywhere, enclosed };
}

/** A failed call without usage spent nothing that could be known; one that answered, or still runs, did. */
function mayHaveSpent(call: TurnSpan): boolean {
  const reading = call.recognised?.reading;
  if (reading === undefined || reading.error !== undefined) return false;
  return reading.answered || reading.mayHaveAnswered || call.span.endTimeUnixNano === undefined;
}

function kindOf(span: TurnSpan): string | undefined {
  return span.recognised?.kind;
}

function usageOf(span: TurnSpan): ReportedUsage | undefined {
  return span.recognised?.reading.usage;
}
