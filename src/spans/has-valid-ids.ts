import { isValidSpanId, isValidTraceId } from '@opentelemetry/api';
import type { SpanSnapshot } from './span-snapshot.ts';

/** Whether a span can be held: the ids of one that is not recording are all zeros. */
export function hasValidIds({ traceId, spanId }: SpanSnapshot): boolean {
  return isValidTraceId(traceId) && isValidSpanId(spanId);
}
