import type { SpanSnapshot } from './span-snapshot.ts';

/** By start. Sorts are stable: spans that start together keep their order. */
export function startOrder(a: SpanSnapshot, b: SpanSnapshot): number {
  if (a.startTimeUnixNano === b.startTimeUnixNano) return 0;
  return a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1;
}
