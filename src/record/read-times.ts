import { type Interval, intervalsOf, unionMillis, unite, without } from './time-spent.ts';
import type { TurnSpan } from './turn-spans.ts';

export interface TimesReading {
  readonly modelTimeMs: number | null;
  readonly toolTimeMs: number | null;
  readonly timeToFirstTokenMs: number | null;
}

/**
 * @param spans of the turn
 * @param calls its model calls
 */
export function readTimes(
  spans: readonly TurnSpan[],
  calls: readonly TurnSpan[],
  startTimeUnixNano: bigint,
): TimesReading {
  const tools = spans.filter((span) => span.recognised?.kind === 'tool');
  return {
    modelTimeMs: calls.length === 0 ? null : unionMillis(modelIntervals(spans, calls)),
    toolTimeMs: tools.length === 0 ? null : unionMillis(intervalsOf(tools.map((tool) => tool.span))),
    timeToFirstTokenMs: firstToken(calls, startTimeUnixNano),
  };
}

/** ADK's `call_llm` lasts until the tools that it started, and the agents it handed over to, are done. */
function modelIntervals(spans: readonly TurnSpan[], calls: readonly TurnSpan[]): Interval[] {
  const enclosed = new Map<TurnSpan, TurnSpan[]>();
  for (const span of spans) {
    const kind = span.recognised?.kind;
    if (span.callAbove === undefined || (kind !== 'tool' && kind !== 'agent')) continue;
    const siblings = enclosed.get(span.callAbove);
    if (siblings === undefined) enclosed.set(span.callAbove, [span]);
    else siblings.push(span);
  }
  return calls.flatMap((call) => {
    const others = unite(intervalsOf((enclosed.get(call) ?? []).map((other) => other.span)));
    return intervalsOf([call.span]).flatMap((interval) => without(interval, others));
  });
}

function firstToken(calls: readonly TurnSpan[], startTimeUnixNano: bigint): number | null {
  let first: number | null = null;
  for (const { span, recognised } of calls) {
    const ownMs = recognised?.reading.timeToFirstTokenMs;
    if (ownMs === undefined || span.startTimeUnixNano < startTimeUnixNano) continue;
    const millis = Number((span.startTimeUnixNano - startTimeUnixNano) / 1_000_000n) + ownMs;
    if (Number.isSafeInteger(millis) && (first === null || millis < first)) first = millis;
  }
  return first;
}
