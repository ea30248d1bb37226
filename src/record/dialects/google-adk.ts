import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import { nonEmptyString, parseContainer, property } from '../../base/json-value.ts';
import type { Attributes, SpanSnapshot } from '../../spans/span-snapshot.ts';
import type { SpanIdentity } from '../../spans/turn.ts';
import { readMessages } from '../messages/read-messages.ts';
import { type ReportedUsage, readUsageObject } from '../reported-usage.ts';
import { type Dialect, preferMessages, type SpanKind, type SpanReading } from './dialect.ts';
import { genAiUsage, readGenAi } from './gen-ai-attributes.ts';
import { exceptionMessage, responseError, textOf } from './span-attributes.ts';

const SCOPE = 'gcp.vertex.agent';
const REQUEST = 'gcp.vertex.agent.llm_request';
const RESPONSE = 'gcp.vertex.agent.llm_response';
const AGENT_PREFIX = 'invoke_agent ';
const TOOL_PREFIX = 'execute_tool ';
// A hand-over to another agent, and the envelope around parallel calls, are no tools of the application.
const NO_TOOLS: ReadonlySet<string> = new Set(['transfer_to_agent', '(merged)', '(merged tools)']);

/**
 * Google ADK for TypeScript 2. `call_llm` encloses the tools and sub-agents that its answer started. Errors stand in
 * the response's JSON or as exceptions on tool spans, never in a status. What this package's ADK plugin adds in its
 * own words (`spanledger.*`, `gen_ai.*.messages`) is read first: it is there also when ADK captures no content.
 */
export const GOOGLE_ADK: Dialect = {
  name: 'google-adk',
  kindOf(span) {
    return span.scope.name === SCOPE ? kindByName(span) : undefined;
  },
  read(span, kind) {
    if (kind === 'model') return readCall(span);
    const reading = readGenAi(span, kind);
    // A callback that answers in the agent's place leaves only the span's name.
    if (kind === 'agent') return { ...reading, name: reading.name ?? nameAfter(AGENT_PREFIX, span) };
    if (kind !== 'tool') return reading;
    return { ...reading, name: toolName(span), error: reading.error ?? exceptionMessage(span) ?? silentFailure(span) };
  },
};

function kindByName(span: SpanIdentity): SpanKind | undefined {
  if (span.name === 'call_llm') return 'model';
  // A graph of agents that answers one message is one turn, as its agents are below it.
  if (span.name.startsWith('invoke_agent') || span.name.startsWith('invoke_workflow')) return 'agent';
  if (!span.name.startsWith(TOOL_PREFIX)) return undefined;
  return NO_TOOLS.has(toolName(span)) ? 'step' : 'tool';
}

function toolName(span: SpanIdentity): string {
  return textOf(span.attributes, ATTRIBUTE_KEYS.toolName) ?? nameAfter(TOOL_PREFIX, span) ?? span.name;
}

function nameAfter(prefix: string, span: SpanIdentity): string | undefined {
  return span.name.startsWith(prefix) ? nonEmptyString(span.name.slice(prefix.length)) : undefined;
}

/** ADK writes a tool's attributes when it is done: an ended span without them is that of a tool that threw. */
function silentFailure(span: SpanSnapshot): string | undefined {
  const isDone = textOf(span.attributes, ATTRIBUTE_KEYS.operationName) !== undefined;
  return isDone || span.endTimeUnixNano === undefined ? undefined : 'the tool threw';
}

function readCall(span: SpanSnapshot): Partial<SpanReading> {
  const { attributes } = span;
  const own = readGenAi(span, 'model');
  const response = parseContainer(textOf(attributes, RESPONSE) ?? '');
  const error = own.error ?? responseError(response);
  // A stream that broke off leaves its last piece; a call that threw leaves nothing at all, or `{}` without capture.
  const isPiece = property(response, 'partial') === true;
  const responded =
    !isPiece &&
    (property(response, 'content') !== undefined || own.usage !== undefined || (own.finishReasons ?? []).length > 0);
  return {
    ...own,
    responseModel: own.responseModel ?? nonEmptyString(either(response, 'modelVersion', 'model_version')),
    usage: callUsage(attributes, either(response, 'usageMetadata', 'usage_metadata')),
    error,
    answered: error === undefined && responded,
    mayHaveAnswered: responded,
    input: () => preferMessages(own.input, () => readMessages(attributes[REQUEST], 'user')),
    output: () => preferMessages(own.output, () => (isPiece ? [] : readMessages(response, 'assistant'))),
  };
}

function callUsage(attributes: Attributes, metadata: unknown): ReportedUsage | undefined {
  const spans = genAiUsage(attributes);
  const said = spans?.total === undefined ? readUsageObject(metadata) : undefined;
  if (said !== undefined) return said;
  // The official name came with an output that counts thoughts (Python from 2.3, Java from 1.6). Before, ADK wrote
  // candidates only: with neither the plugin nor content capture, thoughts are spent and not shown.
  return (
    spans && {
      ...spans,
      outputIncludesReasoning: attributes[ATTRIBUTE_KEYS.reasoningOutputTokens] !== undefined,
      hidesReasoning: true,
    }
  );
}

/** ADK's JSON is camelCase in TypeScript and Java, snake_case in Python. */
function either(response: unknown, camel: string, snake: string): unknown {
  return property(response, camel) ?? property(response, snake);
}
