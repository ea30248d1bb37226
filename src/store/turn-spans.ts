import type { RunQuery } from '../delivery/store-reader.ts';

/** A span as the local store holds it, without its attributes. */
export interface StoredSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Milliseconds since the Unix epoch, with their fraction. */
  readonly startMillis: number;
  /** Whole milliseconds, rounded down; undefined for a span that never ended. */
  readonly durationMillis: number | undefined;
  readonly error: string | undefined;
}

/** Traces that are larger are shown in part. */
const MAX_SPANS = 5_000;

/** The spans that a local store has of a trace, in the order in which they began. */
export async function readTraceSpans(run: RunQuery, traceId: string): Promise<StoredSpan[]> {
  const rows = await run(
    // Nanoseconds exceed what a number holds.
    `SELECT span_id, parent_span_id, name, start_time_unix_nano / 1e6 AS start_millis,
  (end_time_unix_nano - start_time_unix_nano) / 1000000 AS duration_millis,
  CASE WHEN status_code = 'error' THEN COALESCE(NULLIF(status_message, ''), 'error') END AS error
FROM spans WHERE trace_id = @trace ORDER BY start_time_unix_nano, span_id LIMIT ${MAX_SPANS}`,
    { trace: traceId },
  );
  return rows.map(({ span_id, parent_span_id, name, start_millis, duration_millis, error }) => ({
    spanId: String(span_id),
    parentSpanId: typeof parent_span_id === 'string' ? parent_span_id : undefined,
    name: String(name),
    startMillis: Number(start_millis),
    durationMillis: typeof duration_millis === 'number' ? duration_millis : undefined,
    error: typeof error === 'string' ? error : undefined,
  }));
}
