import { type Attributes, type Context, propagation, type Span } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';

const MESSAGE_ID = /^[0-9a-f]{32}-[0-9a-f]{16}$/;
const UNIX_MILLIS = /^\d{1,15}$/;

/**
 * Names a turn in W3C baggage, so that another process can add to its row: `spanledger.message_id` and
 * `spanledger.turn_start`, the milliseconds since the Unix epoch that its row is dated by. A turn that is named
 * already stays: nested agents belong to the topmost one.
 */
export function withTurnBaggage(context: Context, agent: Span): Context {
  const baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  if (baggage.getEntry(ATTRIBUTE_KEYS.messageId) !== undefined) return context;
  const { traceId, spanId } = agent.spanContext();
  const named = baggage
    .setEntry(ATTRIBUTE_KEYS.messageId, { value: `${traceId}-${spanId}` })
    .setEntry(ATTRIBUTE_KEYS.turnStart, { value: String(startMillis(agent)) });
  return propagation.setBaggage(context, named);
}

/**
 * The turn that a piece of work belongs to, as attributes of its span; none where baggage names no turn. Baggage comes
 * over the network: anything else under these keys is ignored.
 */
export function readTurnBaggage(context: Context): Attributes {
  const baggage = propagation.getBaggage(context);
  const messageId = baggage?.getEntry(ATTRIBUTE_KEYS.messageId)?.value ?? '';
  const start = baggage?.getEntry(ATTRIBUTE_KEYS.turnStart)?.value ?? '';
  if (!MESSAGE_ID.test(messageId)) return {};
  return {
    [ATTRIBUTE_KEYS.messageId]: messageId,
    ...(UNIX_MILLIS.test(start) && { [ATTRIBUTE_KEYS.turnStart]: Number(start) }),
  };
}

/** The SDK's spans know their start; the API's do not. */
function startMillis(span: Span): number {
  if (!('startTime' in span) || !Array.isArray(span.startTime)) return Date.now();
  const [seconds, nanos]: unknown[] = span.startTime;
  return Number(seconds) * 1_000 + Math.floor(Number(nanos) / 1_000_000);
}
