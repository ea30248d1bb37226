import type { SpanSnapshot } from '../spans/span-snapshot.ts';

/** A stretch of time in nanoseconds; the end is not part of it. */
export interface Interval {
  readonly start: bigint;
  readonly end: bigint;
}

/** The time of spans that ended; one that ends before it starts took none. */
export function intervalsOf(spans: readonly SpanSnapshot[]): Interval[] {
  const intervals: Interval[] = [];
  for (const { startTimeUnixNano: start, endTimeUnixNano: end } of spans) {
    if (end !== undefined && end > start) intervals.push({ start, end });
  }
  return intervals;
}

/** Intervals merged where they overlap or touch, in order. */
export function unite(intervals: readonly Interval[]): Interval[] {
  const united: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const last = united.at(-1);
    if (last === undefined || next.start > last.end) united.push(next);
    else if (next.end > last.end) united[united.length - 1] = { start: last.start, end: next.end };
  }
  return united;
}

/** What is left of an interval without the others, which are united and in order. */
export function without(interval: Interval, others: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let { start } = interval;
  for (const other of others) {
    if (other.end <= start || other.start >= interval.end) continue;
    if (other.start > start) left.push({ start, end: other.start });
    start = other.end;
  }
  if (start < interval.end) left.push({ start, end: interval.end });
  return left;
}

/** Whole milliseconds in which at least one of the intervals ran, rounded down. */
export function unionMillis(intervals: readonly Interval[]): number | null {
  const nanos = unite(intervals).reduce((sum, { start, end }) => sum + (end - start), 0n);
  const millis = Number(nanos / 1_000_000n);
  return Number.isSafeInteger(millis) ? millis : null;
}
