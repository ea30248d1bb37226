import { ConfigurationError } from '../base/errors.ts';

/** Which mapping makes the rows: the old tracker's, the span mapping, or both side by side. */
export type Backend = 'legacy' | 'solid' | 'dual';

export const BACKENDS: readonly Backend[] = ['legacy', 'solid', 'dual'];

export const BACKEND_KEY = 'analytics.conversation_tracking.backend';

/**
 * @param value what the user wrote
 * @param key where they wrote it, for the error's message
 * @returns a `ConfigurationError`, not thrown: a live switch keeps its last good value
 */
export function parseBackend(value: unknown, key: string = BACKEND_KEY): Backend | ConfigurationError {
  const backend = BACKENDS.find((known) => known === value);
  if (backend !== undefined) return backend;
  const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value)?.slice(0, 80) ?? typeof value}`;
  return new ConfigurationError(key, `${found}; allowed: ${BACKENDS.join(', ')}`);
}
