import {
  asContainer,
  isArray,
  isObject,
  type JsonObject,
  parseContainer,
  property,
  propertyAt,
} from '../../base/json-value.ts';
import type { ToolRequest } from '../turn-reading.ts';
import { isSaid } from './is-said.ts';
import { type Message, type MessageRole, textMessage } from './message.ts';
import { isPartList, namesPart, readParts, readToolAnswer, readToolRequests, toolItemRole } from './read-parts.ts';

// Deeper than any known nesting of messages in requests; hostile nesting ends here instead of on the stack.
const MAX_DEPTH = 16;

// JSON that is none any more, because a limit on attribute lengths cut it, is nobody's words.
const CUT_JSON = /^\s*[[{]+\s*"/;

// What OpenAI, Gemini and LangChain's classes call who speaks.
const ROLES: readonly (readonly [role: MessageRole, names: ReadonlySet<string>])[] = [
  ['user', new Set(['user', 'human', 'humanmessage', 'humanmessagechunk'])],
  ['assistant', new Set(['assistant', 'ai', 'model', 'aimessage', 'aimessagechunk'])],
  ['system', new Set(['system', 'developer', 'systemmessage', 'systemmessagechunk'])],
  ['tool', new Set(['tool', 'function', 'toolmessage', 'toolmessagechunk', 'functionmessage'])],
];

// Where requests and responses of providers and frameworks keep their messages; the first key that yields any wins.
const WRAPPER_KEYS = [
  'new_message',
  'messages',
  'contents',
  'choices',
  'candidates',
  'generations',
  'message',
  'output',
  'input',
  'prompt',
  'content',
  'parts',
  'args',
  'kwargs',
  'text',
  'output_text',
  'question',
  'query',
  'task',
  'user_msg',
  'input_args',
  'answer',
  'response',
  'result',
  'inputs',
  'outputs',
] as const;

// Alternatives of one thing: only the first is what was said.
const FIRST_ONLY_KEYS: ReadonlySet<string> = new Set(['choices', 'candidates', 'generations', 'args']);

/**
 * Messages in a value of any known shape: structured, JSON text, provider request or response, LangChain's serialised
 * form, plain text. `[]` where no shape is known.
 * @param role who speaks where the shape does not say: `user` for an input, `assistant` for an output
 */
export function readMessages(value: unknown, role: MessageRole): readonly Message[] {
  return read(value, role, 0);
}

function read(value: unknown, role: MessageRole, depth: number): readonly Message[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string') {
    const container = parseContainer(value);
    if (container !== undefined) return read(container, role, depth + 1);
    return CUT_JSON.test(value) ? [] : plainMessage(value, role);
  }
  if (isArray(value)) return readList(value, role, depth);
  return isObject(value) ? readObject(value, role, depth) : [];
}

/** A text that is no JSON, whatever it looks like: one message, or none where it is nobody's words. */
export function plainMessage(text: string, role: MessageRole): readonly Message[] {
  return isSaid(text) ? [textMessage(role, text)] : [];
}

function readList(items: readonly unknown[], role: MessageRole, depth: number): readonly Message[] {
  const messages: Message[] = [];
  let parts: unknown[] = [];
  const flush = (): void => {
    const message = { role, ...readParts(parts) };
    if (message.texts.length + message.toolRequests.length + message.toolAnswers.length > 0) messages.push(message);
    parts = [];
  };
  for (const item of items) {
    if (typeof item === 'string' || (isObject(item) && isPart(item))) {
      parts.push(item);
    } else {
      flush();
      for (const message of read(item, role, depth + 1)) messages.push(message);
    }
  }
  flush();
  return messages;
}

function readObject(value: JsonObject, role: MessageRole, depth: number): readonly Message[] {
  const toolRole = toolItemRole(value.type);
  if (toolRole !== undefined) return [{ role: toolRole, ...readParts(value) }];
  const own = roleOf(value);
  if (own !== undefined) return readMessage(bodyOf(value), own, depth);
  for (const key of WRAPPER_KEYS) {
    if (!Object.hasOwn(value, key)) continue;
    const messages = FIRST_ONLY_KEYS.has(key) ? readFirst(value[key], role, depth) : read(value[key], role, depth + 1);
    if (messages.length > 0) return messages;
  }
  return [];
}

function readFirst(value: unknown, role: MessageRole, depth: number): readonly Message[] {
  const container = asContainer(value);
  for (const item of isArray(container) ? container : [value]) {
    const messages = read(item, role, depth + 1);
    if (messages.length > 0) return messages;
  }
  return [];
}

/** Whether an object of a list is a part of one message rather than a message of its own. */
function isPart(item: JsonObject): boolean {
  if (roleOf(item) !== undefined || toolItemRole(item.type) !== undefined) return false;
  if (typeof item.type === 'string') return item.type !== 'message' && !Object.hasOwn(item, 'messages');
  return isTextPart(item) || namesPart(item);
}

function isTextPart(item: JsonObject): boolean {
  return typeof item.text === 'string' && !Object.hasOwn(item, 'message');
}

/** The role that an object claims, if it is a message: OpenAI and Gemini name it, LangChain's classes imply it. */
function roleOf(value: JsonObject): MessageRole | undefined {
  const named = value.role;
  // An unknown role (a custom speaker) is neither the user nor the answer.
  if (typeof named === 'string') return namedRole(named) ?? 'system';
  const body = bodyOf(value);
  if (body !== value && isArray(value.id)) return namedRole(value.id.at(-1));
  if (Object.hasOwn(body, 'content')) return namedRole(value.type ?? value._type);
  return undefined;
}

function namedRole(name: unknown): MessageRole | undefined {
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  return ROLES.find(([, names]) => names.has(lower))?.[0];
}

/** Fields of a message: LangChain keeps them in `kwargs` (serialised) or `data` (stored). */
function bodyOf(value: JsonObject): JsonObject {
  const inner = value.type === 'constructor' ? value.kwargs : value.data;
  return isObject(inner) ? inner : value;
}

function readMessage(body: JsonObject, named: MessageRole, depth: number): readonly Message[] {
  // Anthropic's tool results come as the user's; what names a call is an answer to it.
  const role = typeof body.tool_call_id === 'string' ? 'tool' : named;
  // OpenInference flattens multimodal content to `contents`; Gemini and the GenAI conventions say `parts`.
  const content = [body.content, body.contents, body.parts].find((each) => isFilled(each));
  const parts = readParts(isObject(content) && Object.hasOwn(content, 'parts') ? content.parts : content);
  const serialised = parts.texts.length === 1 ? unwrapList(parts.texts[0]) : undefined;
  if (serialised !== undefined) return read(serialised, role, depth + 1);
  const toolRequests = parts.toolRequests.length > 0 ? parts.toolRequests : listedRequests(body);
  const toolAnswers = role === 'tool' && parts.toolAnswers.length === 0 ? [readToolAnswer(body)] : parts.toolAnswers;
  return [{ role, texts: parts.texts, toolRequests, toolAnswers }];
}

/** Tool calls beside the content; where they are in it too, those are the same. */
function listedRequests(body: JsonObject): readonly ToolRequest[] {
  const listed = readToolRequests(body.tool_calls ?? body.toolCalls);
  return listed.length > 0 ? listed : readToolRequests(propertyAt(body, 'additional_kwargs', 'tool_calls'));
}

function isFilled(content: unknown): boolean {
  return isArray(content) ? content.length > 0 : content !== undefined && content !== null && content !== '';
}

/** Some instrumentations put a whole message list, or the list of a message's parts, as JSON into the text of one. */
function unwrapList(text: string | undefined): readonly unknown[] | undefined {
  const list = asContainer(text);
  if (!isArray(list) || list.length === 0 || !list.every(isObject)) return undefined;
  const isList = list.some((item) => typeof property(item, 'role') === 'string') || isPartList(list);
  return isList ? list : undefined;
}
