import { type Attributes, type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { describeError } from '../base/errors.ts';
import { TRACER_NAME, VERSION } from '../base/version.ts';

export interface RecordSpanOptions {
  readonly name: string;
  readonly attributes: Attributes;
  /** Makes the context that `work` runs in. Default: the active one with the span. */
  readonly contextWith?: (span: Span, parent: Context) => Context;
}

/**
 * Runs `work` in a span of its own. The span ends when `work` returns or throws, or when the promise that it returns
 * settles. What `work` returns or throws passes through untouched; an error is recorded on the span.
 */
export function recordSpan<Result>(options: RecordSpanOptions, work: (span: Span) => Result): Result {
  const parent = context.active();
  const span = trace
    .getTracer(TRACER_NAME, VERSION)
    .startSpan(options.name, { attributes: options.attributes }, parent);
  const active = options.contextWith?.(span, parent) ?? trace.setSpan(parent, span);
  const fail = (error: unknown): void => {
    recordError(span, error);
    span.end();
  };
  let result: Result;
  try {
    result = context.with(active, work, undefined, span);
  } catch (error) {
    fail(error);
    throw error;
  }
  if (isPromise(result)) result.then(() => span.end(), fail);
  else span.end();
  return result;
}

/** Puts an error on a span as the semantic conventions say; total, whatever was thrown. */
function recordError(span: Span, error: unknown): void {
  const message = describeError(error);
  const type = error instanceof Error ? error.name : '_OTHER';
  span.recordException(error instanceof Error ? error : message);
  span.setAttribute(ATTRIBUTE_KEYS.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
