import { type Context, context, trace } from '@opentelemetry/api';
import { spanLinks } from './adk/span-links.ts';
import { withTurnBaggage } from './turn-baggage.ts';

/**
 * The active context with the turn named in its baggage, to be injected into a queue message or a request whose
 * receiver makes a ZIP for this turn. Within `traceAgent` the active context names it already; below ADK, which leaves
 * no room for baggage, this finds the topmost agent.
 *
 * @example
 * const carrier = {};
 * propagation.inject(turnContext(), carrier);
 * await queue.publish({ ...job, carrier });
 */
export function turnContext(active: Context = context.active()): Context {
  const { parents, agents } = spanLinks();
  let agent: ReturnType<typeof trace.getSpan>;
  for (let span = trace.getSpan(active); span !== undefined; span = parents.get(span)) {
    const parent = parents.get(span);
    if (parent !== undefined && agents.get(parent) === span) agent = span;
  }
  return agent === undefined ? active : withTurnBaggage(active, agent);
}
