import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import { nonEmptyString, parseContainer, parseJsonString, property } from '../../base/json-value.ts';
import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import type { SpanIdentity } from '../../spans/turn.ts';
import type { Message, MessageRole } from '../messages/message.ts';
import { readMessages } from '../messages/read-messages.ts';
import type { Dialect, SpanKind, SpanReading } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';
import { applicationTool } from './langchain-tool.ts';
import { statusError, textOf } from './span-attributes.ts';

const KIND = 'traceloop.span.kind';
const SCOPES = ['@traceloop/', 'traceloop'];

/** OpenLLMetry (Traceloop): its own words for workflows, agents and tools; GenAI conventions, old and new, for calls. */
export const OPENLLMETRY: Dialect = {
  name: 'openllmetry',
  kindOf(span) {
    if (textOf(span.attributes, ATTRIBUTE_KEYS.operationName) === 'execute_tool')
      return isOurs(span) ? 'tool' : undefined;
    const entity = textOf(span.attributes, KIND);
    if (entity !== undefined) return kindOfEntity(entity, span);
    return isOurs(span) ? genAiKind(span.attributes) : undefined;
  },
  read(span, kind) {
    const { attributes } = span;
    if (textOf(attributes, KIND) === undefined) return readCall(span, kind);
    const answered = kind === 'tool' ? toolMessage(textOf(attributes, 'traceloop.entity.output')) : undefined;
    return {
      name: nonEmptyString(property(answered, 'name')) ?? applicationTool(textOf(attributes, 'traceloop.entity.name')),
      callId: nonEmptyString(property(answered, 'tool_call_id')),
      error: statusError(span),
      input: () => readEntity(textOf(attributes, 'traceloop.entity.input'), 'user'),
      output: () => readEntity(textOf(attributes, 'traceloop.entity.output'), 'assistant'),
    };
  },
};

/** LangChain's tools give a serialised message, which knows their name and call; other tools give anything. */
function toolMessage(output: string | undefined): unknown {
  return property(parseContainer(output ?? ''), 'kwargs');
}

/** Anthropic counts fresh input only and says no total: the one on the span is the instrumentation's own sum. */
function readCall(span: SpanSnapshot, kind: SpanKind): Partial<SpanReading> {
  const own = readGenAi(span, kind);
  // Some streams leave no trace of their response; failures do show.
  const reading = { ...own, answered: own.error === undefined && span.endTimeUnixNano !== undefined };
  if (reading.provider !== 'anthropic' || reading.usage === undefined) return reading;
  return { ...reading, usage: { ...reading.usage, total: undefined, inputIncludesCached: false } };
}

function kindOfEntity(entity: string, span: SpanIdentity): SpanKind {
  if (entity === 'agent') return 'agent';
  if (entity === 'workflow') return textOf(span.attributes, 'traceloop.entity.name') === undefined ? 'step' : 'agent';
  return entity === 'tool' ? 'tool' : 'step';
}

function isOurs(span: SpanIdentity): boolean {
  if (SCOPES.some((scope) => span.scope.name.startsWith(scope))) return true;
  return textOf(span.attributes, 'llm.request.type', 'traceloop.workflow.name') !== undefined;
}

/** What a decorated function took and gave, as JSON: a plain text is a JSON string. */
function readEntity(json: string | undefined, role: MessageRole): readonly Message[] {
  if (json === undefined) return [];
  return readMessages(parseJsonString(json) ?? json, role);
}
