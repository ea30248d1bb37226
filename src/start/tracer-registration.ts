import { ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';

/**
 * Whether the global tracer provider is this one. A second registration fails without a word in the API's default
 * set-up, and a later `trace.disable()` takes a registered one away.
 */
export function isGlobalProvider(provider: TracerProvider): boolean {
  const global = trace.getTracerProvider();
  return (global instanceof ProxyTracerProvider ? global.getDelegate() : global) === provider;
}
