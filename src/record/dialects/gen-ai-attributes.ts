import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import { firstOf } from '../../base/first-of.ts';
import { asContainer, isArray, isObject, nonEmptyString } from '../../base/json-value.ts';
import type { Attributes, SpanSnapshot } from '../../spans/span-snapshot.ts';
import { eventMessages, type NamedEvent } from '../messages/event-messages.ts';
import { type Message, ROLE_OF, type Side } from '../messages/message.ts';
import { readMessages } from '../messages/read-messages.ts';
import { unflatten } from '../messages/unflatten.ts';
import { countsNamed, type ReportedUsage, reportedUsage } from '../reported-usage.ts';
import { preferMessages, type SpanKind, type SpanReading } from './dialect.ts';
import { durationMs, statusError, textOf, textsOf } from './span-attributes.ts';

// Reading of `gen_ai.*`, the trunk of most dialects: the current conventions, their older names, and the names that
// instrumentations added where the conventions had none. A dialect spreads this and says what differs.

const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['invoke_agent', 'agent'],
  // A graph of agents that works on one request; its agents are below it.
  ['invoke_workflow', 'agent'],
  ['execute_tool', 'tool'],
  ['chat', 'model'],
  ['generate_content', 'model'],
  ['text_completion', 'model'],
]);
// Operations that carry a model's name and no answer.
const NO_CALLS = new Set(['embeddings', 'rerank', 'retrieval']);

/** What a span with `gen_ai.*` attributes is; `undefined` where it has none of those that say so. */
export function genAiKind(attributes: Attributes): SpanKind | undefined {
  const operation = textOf(attributes, ATTRIBUTE_KEYS.operationName);
  // Making an agent is no part of a turn.
  if (operation === 'create_agent') return undefined;
  if (textOf(attributes, 'spring.ai.kind') === 'tool_call') return 'tool';
  const namesModel = textOf(attributes, ATTRIBUTE_KEYS.requestModel) !== undefined;
  if (operation === undefined) {
    return namesModel || textOf(attributes, 'gen_ai.system') !== undefined ? 'model' : undefined;
  }
  // An operation that the conventions do not know (`responses`, `messages`) is a call where it names its model.
  return KINDS.get(operation) ?? (namesModel && !NO_CALLS.has(operation) ? 'model' : 'step');
}

export function readGenAi(span: SpanSnapshot, kind: SpanKind): Partial<SpanReading> {
  const { attributes } = span;
  return {
    name: kind === 'tool' ? toolName(attributes) : textOf(attributes, ATTRIBUTE_KEYS.agentName),
    callId: textOf(attributes, ATTRIBUTE_KEYS.toolCallId, 'spring.ai.tool.call.id'),
    provider: textOf(attributes, ATTRIBUTE_KEYS.providerName, 'gen_ai.system'),
    requestModel:
      modelName(attributes, ATTRIBUTE_KEYS.requestModel, 'model_name', 'model') ??
      (kind === 'model' ? NAMED_CALL.exec(span.name)?.[1] : undefined),
    responseModel: modelName(attributes, ATTRIBUTE_KEYS.responseModel),
    finishReasons: textsOf(attributes, ATTRIBUTE_KEYS.finishReasons),
    usage: kind === 'tool' || kind === 'step' ? undefined : genAiUsage(attributes),
    error: textOf(attributes, ATTRIBUTE_KEYS.errorMessage) ?? statusError(span),
    timeToFirstTokenMs: durationMs(
      attributes[ATTRIBUTE_KEYS.timeToFirstChunk] ?? attributes['gen_ai.client.operation.time_to_first_chunk'],
      1000,
    ),
    input: () => genAiMessages(span, 'input'),
    output: () => genAiMessages(span, 'output'),
  };
}

// The conventions name a call's span for its operation and model.
const NAMED_CALL = /^(?:chat|generate_content|text_completion) (\S+)$/;

const PYTHON_ADDRESS = /^<.* object at 0x[0-9a-f]+>$/;

/** Spring writes `none`, and Python may write the object that stands for the model. */
function modelName(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  return firstOf(keys, (key) => {
    const name = textOf(attributes, key)?.replace(/^"([^"]*)"$/, '$1');
    return name === 'none' || (name !== undefined && PYTHON_ADDRESS.test(name)) ? undefined : name;
  });
}

function toolName(attributes: Attributes): string | undefined {
  return textOf(attributes, ATTRIBUTE_KEYS.toolName, 'spring.ai.tool.definition.name');
}

export function genAiUsage(attributes: Attributes): ReportedUsage | undefined {
  return reportedUsage(countsNamed('attributes', (name) => attributes[name]));
}

const FLAT_PREFIX = { input: 'gen_ai.prompt', output: 'gen_ai.completion' } as const;
const MESSAGES_KEYS = {
  input: [
    ATTRIBUTE_KEYS.inputMessages,
    'gen_ai.request.messages',
    'gen_ai.prompt',
    'gen_ai.workflow.input',
    'pydantic_ai.all_messages',
    'crewai.task.description',
  ],
  output: [ATTRIBUTE_KEYS.outputMessages, 'gen_ai.completion', 'gen_ai.workflow.output', 'final_result'],
} as const;
// pydantic-ai's first formats: events of the conventions as one attribute.
const EVENT_LISTS = ['all_messages_events', 'events'] as const;

/** Messages of a span: as an attribute, flattened into attributes, or as events. */
function genAiMessages(span: SpanSnapshot, side: Side): readonly Message[] {
  const { attributes, events } = span;
  return preferMessages(
    ...MESSAGES_KEYS[side].map((key) => () => readMessages(attributes[key], ROLE_OF[side])),
    () => readMessages(unflatten(attributes, FLAT_PREFIX[side]), ROLE_OF[side]),
    () => eventMessages(events, side),
    ...EVENT_LISTS.map((key) => () => eventMessages(listedEvents(attributes[key]), side)),
  );
}

function listedEvents(list: unknown): readonly NamedEvent[] {
  const items = asContainer(list);
  return (isArray(items) ? items : []).flatMap((item) =>
    isObject(item) ? { name: nonEmptyString(item['event.name']) ?? '', attributes: item } : [],
  );
}
