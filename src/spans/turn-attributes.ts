import { type Attributes, type Context, createContextKey } from '@opentelemetry/api';

/** The API registers it by its name: a process may load two copies of this module. */
const TURN_ATTRIBUTES = createContextKey('spanledger.turn-attributes');

/** A context whose spans carry the attributes for the ledger, over those that it gives already. Nobody else sees them. */
export function withTurnAttributes(context: Context, attributes: Attributes): Context {
  return context.setValue(TURN_ATTRIBUTES, { ...turnAttributesOf(context), ...attributes });
}

export function turnAttributesOf(context: Context): Attributes | undefined {
  const value = context.getValue(TURN_ATTRIBUTES);
  return typeof value === 'object' && value !== null ? (value as Attributes) : undefined;
}
