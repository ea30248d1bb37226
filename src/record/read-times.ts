import { type Interval, intervalsOf, unionMillis, unite, without } from './time-spent.ts';
import type { TurnReading } from './turn-reading.ts';
import type { TurnSpan } from './turn-spans.ts';

/**
 * @param spans of the turn
 * @param calls its model calls
 */
export function readTimes(
  spans: readonly TurnSpan[],
  calls: readonly TurnSpan[],
  startTimeUnixNano: bigint,
): Pick<TurnReading, 'modelTimeMs' | 'toolTimeMs' | 'timeToFirstTokenMs'> {
  const tools = spans.filter((span) => span.kind === 'tool');
  return {
    modelTimeMs: calls.length === 0 ? null : unionMillis(modelIntervals(spans, calls)),
    toolTimeMs: tools.length === 0 ? null : unionMillis(intervalsOf(tools.map((tool) => tool.span))),
    timeToFirstTokenMs: firstToken(calls, startTimeUnixNano),
  };
}

/** ADK's `call_llm` lasts until the tools that it started, and the agents it handed over to, are done. */
function modelIntervals(spans: readonly TurnSpan[], calls: readonly TurnSpan[]): Interval[] {
  const others = spans.filter(({ kind }) => kind === 'tool' || kind === 'agent');
  const enclosed = Map.groupBy(others, (span) => span.callAbove);
  return calls.flatMap((call) => {
    const below = unite(intervalsOf((enclosed.get(call) ?? []).map((other) => other.span)));
    return intervalsOf([call.span]).flatMap((interval) => without(interval, below));
  });
}

function firstToken(calls: readonly TurnSpan[], startTimeUnixNano: bigint): number | null {
  let first: number | null = null;
  for (const { span, reading } of calls) {
    const ownMs = reading.timeToFirstTokenMs;
    if (ownMs === undefined || span.startTimeUnixNano < startTimeUnixNano) continue;
    const millis = Number((span.startTimeUnixNano - startTimeUnixNano) / 1_000_000n) + ownMs;
    if (Number.isSafeInteger(millis) && (first === null || millis < first)) first = millis;
  }
  return first;
}
