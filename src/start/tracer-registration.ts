import { type TracerProvider, trace } from '@opentelemetry/api';

/**
 * Whether the global tracer provider is this one. A second registration fails without a word in the API's default
 * set-up, and a later `trace.disable()` takes a registered one away. What stands for the provider may be of another copy
 * of the API, so that its class says nothing.
 */
export function isGlobalProvider(provider: TracerProvider): boolean {
  const global: TracerProvider & { getDelegate?(): TracerProvider } = trace.getTracerProvider();
  return (global.getDelegate?.() ?? global) === provider;
}
