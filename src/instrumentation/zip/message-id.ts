import { type Context, propagation } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../attribute-keys.ts';

const MESSAGE_ID = /^[0-9a-f]{32}-[0-9a-f]{16}$/u;

/**
 * The turn that a piece of work belongs to, as W3C baggage brought it: `<trace_id>-<span_id>` of the turn's root under
 * the key `spanledger.message_id`. It stands in the process of the turn too, where it names a turn that is known there.
 * Baggage comes over the network: anything else under that key is ignored.
 */
export function readMessageId(context: Context): string | undefined {
  const value = propagation.getBaggage(context)?.getEntry(ATTRIBUTE_KEYS.messageId)?.value;
  return value !== undefined && MESSAGE_ID.test(value) ? value : undefined;
}
