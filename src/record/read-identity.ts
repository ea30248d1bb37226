import type { Attributes } from '../span-tree/span-snapshot.ts';
import type { Turn } from '../span-tree/turn.ts';
import { nonEmptyString, parseContainer, property } from './content/json-value.ts';
import type { TurnSpan } from './turn-spans.ts';

/** Who spoke, in which session and conversation. */
export interface IdentityReading {
  readonly conversationId: string | undefined;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
}

// Properties that applications attach to their calls under names of their own choice.
const PROPERTY_PREFIXES = [
  'traceloop.association.properties.',
  'ai.telemetry.metadata.',
  'ai.settings.context.',
  'ai.settings.runtimeContext.',
  'langfuse.trace.metadata.',
  'langsmith.metadata.',
  'mastra.metadata.',
];
const SESSION_NAMES = ['sessionId', 'session_id', 'session.id', 'threadId', 'thread_id', 'chatId', 'chat_id'];
const CONVERSATION_NAMES = ['conversationId', 'conversation_id', 'conversation.id'];
const USER_NAMES = ['userId', 'user_id', 'user.id'];

const CONVERSATION_KEYS = ['gen_ai.conversation.id', ...withPrefixes(CONVERSATION_NAMES)];
const SESSION_KEYS = [
  'session.id',
  'langfuse.session.id',
  'gcp.vertex.agent.session_id',
  ...withPrefixes(SESSION_NAMES),
];
const USER_KEYS = ['user.id', 'enduser.id', 'langfuse.user.id', ...withPrefixes(USER_NAMES)];
// JSON objects of such properties: OpenInference and LangChain.
const METADATA_KEYS = ['metadata'];

/** The ids that the root says, else the first span below it that does, else the nearest span above it. */
export function readIdentity(turn: Turn, spans: readonly TurnSpan[]): IdentityReading {
  const places: Attributes[] = [];
  for (const { span, recognised, parent } of spans) {
    if (recognised !== undefined || parent === undefined) places.push(span.attributes);
  }
  for (const ancestor of turn.ancestors) places.push(ancestor.attributes);
  return {
    conversationId: find(places, CONVERSATION_KEYS, CONVERSATION_NAMES),
    sessionId: find(places, SESSION_KEYS, SESSION_NAMES),
    userId: find(places, USER_KEYS, USER_NAMES),
  };
}

function find(
  places: readonly Attributes[],
  keys: readonly string[],
  metadataNames: readonly string[],
): string | undefined {
  for (const attributes of places) {
    for (const key of keys) {
      const id = idText(attributes[key]);
      if (id !== undefined) return id;
    }
  }
  for (const attributes of places) {
    const id = findInMetadata(attributes, metadataNames);
    if (id !== undefined) return id;
  }
  return undefined;
}

function findInMetadata(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const key of METADATA_KEYS) {
    const json = nonEmptyString(attributes[key]);
    const metadata = json === undefined ? undefined : parseContainer(json);
    for (const name of names) {
      const id = idText(property(metadata, name));
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

/** Ids of a database are often numbers. */
function idText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : nonEmptyString(value);
}

function withPrefixes(names: readonly string[]): string[] {
  return PROPERTY_PREFIXES.flatMap((prefix) => names.map((name) => `${prefix}${name}`));
}
