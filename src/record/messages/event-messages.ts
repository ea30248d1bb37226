import type { JsonObject } from '../../base/json-value.ts';
import { type Message, type MessageRole, ROLE_OF, type Side } from './message.ts';
import { readMessages } from './read-messages.ts';

const MESSAGE_EVENTS: ReadonlyMap<string, { readonly side: Side; readonly role: MessageRole }> = new Map([
  ['gen_ai.system.message', { side: 'input', role: 'system' }],
  ['gen_ai.user.message', { side: 'input', role: 'user' }],
  ['gen_ai.assistant.message', { side: 'input', role: 'assistant' }],
  ['gen_ai.tool.message', { side: 'input', role: 'tool' }],
  ['gen_ai.choice', { side: 'output', role: 'assistant' }],
  ['gen_ai.content.prompt', { side: 'input', role: 'user' }],
  ['gen_ai.content.completion', { side: 'output', role: 'assistant' }],
]);

// One event of the current conventions carries both sides, under the names of the attributes.
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';
const DETAILS_KEY = { input: 'gen_ai.input.messages', output: 'gen_ai.output.messages' } as const;
const BODY_KEYS = ['gen_ai.event.content', 'gen_ai.prompt', 'gen_ai.completion', 'content', 'message'] as const;

export interface NamedEvent {
  readonly name: string;
  readonly attributes: JsonObject;
}

/** Messages that the GenAI conventions record as span events, in order. */
export function eventMessages(events: readonly NamedEvent[], side: Side): readonly Message[] {
  return events.flatMap((event) => {
    if (event.name === DETAILS_EVENT) {
      return readMessages(event.attributes[DETAILS_KEY[side]], ROLE_OF[side]);
    }
    const kind = MESSAGE_EVENTS.get(event.name);
    return kind?.side === side ? readEvent(event, kind.role) : [];
  });
}

function readEvent(event: NamedEvent, role: MessageRole): readonly Message[] {
  const key = BODY_KEYS.find((each) => event.attributes[each] !== undefined);
  if (key === undefined) return [];
  // The event's name says who speaks unless the body does; tool calls stand beside the content.
  const body = key === 'content' ? { role, ...event.attributes } : event.attributes[key];
  return readMessages(body, role);
}
