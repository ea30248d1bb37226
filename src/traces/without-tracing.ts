import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

/**
 * Runs a request of our own outside of whatever the host is doing: it makes no spans under HTTP or gRPC instrumentation, and it
 * does not keep the context of the host's request alive.
 */
export function withoutTracing<T>(request: () => T): T {
  return context.with(suppressTracing(ROOT_CONTEXT), request);
}
