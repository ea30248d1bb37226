import { firstOf } from '../../base/first-of.ts';
import {
  asContainer,
  isArray,
  isObject,
  type JsonObject,
  nonEmptyString,
  property,
  propertyAt,
} from '../../base/json-value.ts';
import type { ToolRequest } from '../turn-reading.ts';
import { isSaid } from './is-said.ts';
import type { Message, ToolAnswer } from './message.ts';

/** A reading that grows part by part. */
interface Collected {
  readonly texts: string[];
  readonly toolRequests: ToolRequest[];
  readonly toolAnswers: ToolAnswer[];
}

const TEXT_TYPES = new Set(['text', 'input_text', 'output_text', 'refusal']);
const REQUEST_TYPES = new Set(['tool_call', 'tool_use', 'function_call', 'tooluse']);
const ANSWER_TYPES = new Set([
  'tool_call_response',
  'tool_call_output',
  'tool_call_result',
  'tool_result',
  'tool_response',
  'function_call_output',
  'function_call_result',
  'function_response',
]);

const REQUEST_KEYS = ['functionCall', 'function_call', 'toolUse', 'toolRequest'];
const ANSWER_KEYS = ['functionResponse', 'function_response', 'toolResult', 'toolResponse'];
const UNTYPED_PARTS = [...REQUEST_KEYS, ...ANSWER_KEYS];

/** Whether a `type` names an asked or answered tool call, as items of their own in OpenAI Responses lists do. */
export function toolItemRole(type: unknown): 'assistant' | 'tool' | undefined {
  const name = normaliseType(type);
  if (REQUEST_TYPES.has(name)) return 'assistant';
  return ANSWER_TYPES.has(name) ? 'tool' : undefined;
}

/** Whether a list is the content of one message: parts only, of which some are known. */
export function isPartList(items: readonly JsonObject[]): boolean {
  return items.some(isKnownPart) && items.every((item) => isKnownPart(item) || typeof item.type === 'string');
}

function isKnownPart(item: JsonObject): boolean {
  const type = normaliseType(item.type);
  if (type !== '') return TEXT_TYPES.has(type) || REQUEST_TYPES.has(type) || ANSWER_TYPES.has(type);
  return typeof item.text === 'string' || namesPart(item);
}

/** Whether an object is a part by its only key. */
export function namesPart(item: JsonObject): boolean {
  return UNTYPED_PARTS.some((key) => isObject(item[key]));
}

/** Text, tool requests and tool answers of a message's content: a string, a part, or a list of parts. */
export function readParts(content: unknown): Omit<Message, 'role'> {
  const collected: Collected = { texts: [], toolRequests: [], toolAnswers: [] };
  for (const part of isArray(content) ? content : [content]) {
    if (typeof part === 'string') say(part, collected);
    else if (isObject(part)) readPart(part, collected);
  }
  return collected;
}

function readPart(part: JsonObject, into: Collected): void {
  const type = normaliseType(part.type);
  if (TEXT_TYPES.has(type)) {
    say(textOf(part), into);
  } else if (REQUEST_TYPES.has(type)) {
    into.toolRequests.push(...readToolRequests([part]));
  } else if (ANSWER_TYPES.has(type)) {
    into.toolAnswers.push(readToolAnswer(part));
  } else if (type === '') {
    readUntypedPart(part, into);
  }
}

/** Gemini, Bedrock, Genkit and OpenInference name a part by its only key instead of by a type. */
function readUntypedPart(part: JsonObject, into: Collected): void {
  const inner = part.message_content;
  if (isObject(inner)) readPart(inner, into);
  const asked = firstOf(REQUEST_KEYS, (key) => part[key]);
  if (isObject(asked)) into.toolRequests.push(...readToolRequests([asked]));
  const answered = firstOf(ANSWER_KEYS, (key) => part[key]);
  if (isObject(answered)) into.toolAnswers.push(readToolAnswer(answered));
  if (part.thought !== true) say(textOf(part), into);
}

function say(text: string | undefined, into: Collected): void {
  if (text !== undefined && isSaid(text)) into.texts.push(text);
}

function textOf(part: JsonObject): string | undefined {
  const places = [part.text, part.content, part.refusal, property(part.text, 'value')];
  return places.find((value) => typeof value === 'string');
}

/** Tool calls in any of the shapes that providers and frameworks list them in; a JSON text is read too. */
export function readToolRequests(calls: unknown): ToolRequest[] {
  const list = asContainer(calls);
  if (!isArray(list)) return [];
  const requests: ToolRequest[] = [];
  for (const item of list) {
    const call = property(item, 'tool_call') ?? item;
    const names = [property(call, 'name'), property(call, 'toolName'), propertyAt(call, 'function', 'name')];
    const name = firstOf(names, nonEmptyString);
    if (name !== undefined) requests.push({ id: callId(call), name: unquoted(name) });
  }
  return requests;
}

/** CrewAI quotes names as Python does. */
function unquoted(name: string): string {
  return name.length > 2 && name.startsWith("'") && name.endsWith("'") ? name.slice(1, -1) : name;
}

export function readToolAnswer(answer: unknown): ToolAnswer {
  return { id: callId(answer), name: firstOf(['name', 'toolName'], (key) => nonEmptyString(property(answer, key))) };
}

// `id` comes last: in a Responses item it names the item, `call_id` the call.
const CALL_ID_KEYS = ['tool_call_id', 'toolCallId', 'call_id', 'callId', 'tool_use_id', 'toolUseId', 'ref', 'id'];

function callId(value: unknown): string | undefined {
  return firstOf(CALL_ID_KEYS, (key) => nonEmptyString(property(value, key)));
}

function normaliseType(type: unknown): string {
  return typeof type === 'string' ? type.toLowerCase().replaceAll('-', '_') : '';
}
