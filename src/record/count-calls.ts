import { readQuestion } from './read-speech.ts';
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

/**
 * @param spans of a turn, parents before children
 * @param usages what the spans report
 */
export function countCalls(spans: readonly TurnSpan[], usages: ReadonlyMap<TurnSpan, ReportedUsage>): CountedCalls {
  const { below, anywhere, enclosed } = callsBelow(spans, usages);
  const inside = new Set(spans.map(({ kind, enclosingCall }) => (kind === 'model' ? enclosingCall : undefined)));
  const isSum = (span: TurnSpan): boolean => span.reading.sumsCalls && inside.has(span) && !enclosed.has(span);
  const isAroundCalls = (span: TurnSpan): boolean => enclosed.has(span) || isSum(span);
  const isCall = (span: TurnSpan): boolean =>
    span.kind === 'model' &&
    !isAroundCalls(span) &&
    (span.enclosingCall === undefined || isAroundCalls(span.enclosingCall));
  const calls = withoutTwins(byStart(spans.filter(isCall)));
  const counted = new Set(calls);

  const sources: TurnSpan[] = [];
  // Spans at or below an agent whose own usage is counted: everything below is in it already.
  const covered = new Set<TurnSpan>();
  let hasUncounted = false;
  for (const span of spans) {
    const isCovered = span.parent !== undefined && covered.has(span.parent);
    if (isCovered) covered.add(span);
    else if (counted.has(span)) {
      const sum = span.enclosingCall;
      if (usages.has(span)) sources.push(span);
      else if (sum === undefined || !isSum(sum) || !usages.has(sum)) hasUncounted ||= mayHaveSpent(span);
    } else if (isSum(span) && usages.has(span)) sources.push(span);
    else if (span.kind === 'agent' && speaksForCalls(usages.get(span), below.has(span)) && !anywhere.has(span)) {
      sources.push(span);
      covered.add(span);
    }
  }
  return { calls, sources, hasUncounted };
}

function speaksForCalls(usage: ReportedUsage | undefined, hasCalls: boolean): boolean {
  return usage !== undefined && (hasCalls || !usage.repeatsCalls);
}

function callsBelow(spans: readonly TurnSpan[], usages: ReadonlyMap<TurnSpan, ReportedUsage>) {
  /** Spans with any model call below them. */
  const below = new Set<TurnSpan>();
  /** Spans with a model call below them that has usage. */
  const anywhere = new Set<TurnSpan>();
  /** The same, with no agent or tool in between. */
  const enclosed = new Set<TurnSpan>();
  for (const span of spans.toReversed()) {
    const { parent, kind } = span;
    if (parent === undefined) continue;
    if (kind === 'model' || below.has(span)) below.add(parent);
    const counts = kind === 'model' && usages.has(span);
    if (counts || anywhere.has(span)) anywhere.add(parent);
    if (kind !== 'agent' && kind !== 'tool' && (counts || enclosed.has(span))) enclosed.add(parent);
  }
  return { below, anywhere, enclosed };
}

/**
 * Leaves a call out that a second instrumentation shows beside the first: one that began while a sibling of another
 * scope ran, on the same question to the same model. The first is kept: a framework knows what its client streamed.
 */
function withoutTwins(calls: readonly TurnSpan[]): readonly TurnSpan[] {
  if (new Set(calls.map((call) => call.span.scope.name)).size < 2) return calls;
  const kept: TurnSpan[] = [];
  let running: TurnSpan[] = [];
  for (const call of calls) {
    running = running.filter((other) => endOf(other) >= call.span.startTimeUnixNano);
    if (running.some((outer) => isTwin(outer, call))) continue;
    kept.push(call);
    running.push(call);
  }
  return kept;
}

function isTwin(outer: TurnSpan, inner: TurnSpan): boolean {
  if (outer.parent !== inner.parent || outer.span.scope.name === inner.span.scope.name) return false;
  const a = outer.reading;
  const b = inner.reading;
  return a.requestModel === b.requestModel && readQuestion(a.input())?.text === readQuestion(b.input())?.text;
}

function endOf(call: TurnSpan): bigint {
  return call.span.endTimeUnixNano ?? call.span.startTimeUnixNano;
}

/** A failed call without usage spent nothing that could be known; one that answered, or still runs, did. */
function mayHaveSpent({ span, reading }: TurnSpan): boolean {
  if (reading.error !== undefined) return false;
  return reading.answered || reading.mayHaveAnswered || span.endTimeUnixNano === undefined;
}
