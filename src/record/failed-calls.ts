import { statusError } from './dialects/span-attributes.ts';
import type { TurnSpan } from './turn-spans.ts';

/**
 * Why model calls failed: what their own spans say, else, where a call shows no end of its response (no usage, no
 * finish reason), what a span below it says: a broken stream fails the HTTP request and leaves the call's status alone.
 *
 * @param spans of the turn, parents before children
 * @param calls its model calls
 */
export function findFailures(spans: readonly TurnSpan[], calls: readonly TurnSpan[]): ReadonlyMap<TurnSpan, string> {
  const below = new Map<TurnSpan, string>();
  for (const { span, kind, reading, callAbove, enclosingCall } of spans) {
    const isView = kind === 'model' && enclosingCall !== undefined;
    if (callAbove === undefined || below.has(callAbove) || !(isView || kind === undefined)) continue;
    const error = kind === undefined ? statusError(span) : reading.error;
    if (error !== undefined) below.set(callAbove, error);
  }
  const failures = new Map<TurnSpan, string>();
  for (const call of calls) {
    const { usage, finishReasons, error: own } = call.reading;
    const isOpenEnded = usage === undefined && finishReasons.length === 0;
    const error = own ?? (isOpenEnded ? below.get(call) : undefined);
    if (error !== undefined) failures.set(call, error.toWellFormed());
  }
  return failures;
}
