import type { Attributes } from '@opentelemetry/api';

/** The attributes that have a value: OpenTelemetry warns of an undefined one. */
export function withoutUndefined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
