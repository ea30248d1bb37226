import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { firstOf } from '../base/first-of.ts';
import { nonEmptyString, parseContainer, property } from '../base/json-value.ts';
import type { Attributes } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import { isSaid } from './messages/is-said.ts';
import type { TurnReading } from './turn-reading.ts';
import type { TurnSpan } from './turn-spans.ts';

// Properties that applications attach to their calls under names of their own choice.
const PROPERTY_PREFIXES = [
  'traceloop.association.properties.',
  'ai.telemetry.metadata.',
  'ai.settings.context.',
  'langsmith.metadata.',
  'mastra.metadata.',
];

/** Where one kind of id stands: names in a JSON object of properties, and attribute keys. */
interface Place {
  /** What the application says of the turn, over what anything else does. */
  readonly given: string;
  readonly names: readonly string[];
  readonly keys: readonly string[];
}

const CONVERSATION: Place = place(
  ATTRIBUTE_KEYS.turnConversationId,
  ['conversationId', 'conversation_id', 'conversation.id'],
  ['gen_ai.conversation.id', 'conversation.id', 'spring.ai.chat.client.conversation.id'],
);
const SESSION: Place = place(
  ATTRIBUTE_KEYS.turnSessionId,
  ['sessionId', 'session_id', 'session.id', 'threadId', 'thread_id', 'chatId', 'chat_id'],
  ['session.id', 'langfuse.session.id', 'gcp.vertex.agent.session_id', 'session_id'],
);
const USER: Place = place(
  ATTRIBUTE_KEYS.turnUserId,
  ['userId', 'user_id', 'user.id'],
  [
    'user.id',
    'enduser.id',
    'langfuse.user.id',
    'trpc.go.agent.runner.user_id',
    'llm.user',
    'metadata.user_api_key_end_user_id',
    'user_id',
  ],
);

function place(given: string, names: readonly string[], keys: readonly string[]): Place {
  const properties = PROPERTY_PREFIXES.flatMap((prefix) => names.map((name) => prefix + name));
  return { given, names, keys: [...keys, ...properties] };
}

/**
 * The ids that the root says, else the first span below it that does, else the nearest span above it. Where spans of
 * one conversation contradict each other the id is left out: some instrumentations leak the context of one turn into
 * another that runs beside it, and no id is better than somebody else's.
 */
export function readIdentity(
  turn: Turn,
  spans: readonly TurnSpan[],
): Pick<TurnReading, 'conversationId' | 'sessionId' | 'userId'> {
  const [first] = spans;
  const topOwner = first?.kind === 'agent' ? first : undefined;
  const own: Source[] = [];
  const nested: Source[] = [];
  for (const span of spans) {
    if (span.kind === undefined) continue;
    const isOwn = span === first || (span.owner === topOwner && span.kind !== 'agent');
    (isOwn ? own : nested).push(sourceOf(span.span.attributes));
  }
  const above = turn.ancestors.map((ancestor) => sourceOf(ancestor.attributes));
  const find = (where: Place): string | undefined => {
    const given = firstOf([...spans.map(({ span }) => span), ...turn.ancestors], ({ attributes }) =>
      idText(attributes[where.given]),
    );
    if (given !== undefined) return given;
    const ids = new Set(own.map((source) => idIn(source, where)).filter((id) => id !== undefined));
    if (ids.size > 1) return undefined;
    const [id] = ids;
    return id ?? firstOf([...nested, ...above], (source) => idIn(source, where));
  };
  return { conversationId: find(CONVERSATION), sessionId: find(SESSION), userId: find(USER) };
}

interface Source {
  readonly attributes: Attributes;
  /** Properties of the application, in JSON. */
  readonly metadata: unknown;
}

function sourceOf(attributes: Attributes): Source {
  return { attributes, metadata: parseContainer(nonEmptyString(attributes.metadata) ?? '') };
}

/** What a call was given as its own metadata comes before what its context lent it. */
function idIn({ attributes, metadata }: Source, { names, keys }: Place): string | undefined {
  const told = metadata === undefined ? undefined : firstOf(names, (name) => idText(property(metadata, name)));
  if (told !== undefined) return told;
  for (const key of keys) {
    const id = idText(attributes[key]);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** OpenAI's id of the previous response, which Microsoft's Agent Framework gives as the conversation's: each call has another. */
const RESPONSE_ID = /^resp_/;

/** Ids of a database are often numbers. */
function idText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const text = nonEmptyString(value);
  return text === undefined || RESPONSE_ID.test(text) || !isSaid(text) ? undefined : text;
}
