import { firstOf } from '../../base/first-of.ts';
import { nonEmptyString, parseContainer, property } from '../../base/json-value.ts';
import type { Attributes, SpanSnapshot } from '../../spans/span-snapshot.ts';
import { type Message, ROLE_OF, type Side } from '../messages/message.ts';
import { plainMessage, readMessages } from '../messages/read-messages.ts';
import { unflatten } from '../messages/unflatten.ts';
import { type ReportedUsage, readUsageObject, reportedUsage, tokenCount } from '../reported-usage.ts';
import { type Dialect, preferMessages, type SpanKind } from './dialect.ts';
import { responseError, statusError, textOf, textsOf } from './span-attributes.ts';

const KIND = 'openinference.span.kind';
const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['AGENT', 'agent'],
  ['LLM', 'model'],
  ['TOOL', 'tool'],
]);

/** OpenInference (Arize): OpenAI, LangChain, OpenAI Agents and others share one vocabulary. Output counts reasoning. */
export const OPENINFERENCE: Dialect = {
  name: 'openinference',
  kindOf(span) {
    const kind = textOf(span.attributes, KIND);
    if (kind === undefined) return undefined;
    // OpenAI Agents hands over to another agent through what is called a tool.
    if (span.name.startsWith('handoff to ')) return 'step';
    return KINDS.get(kind.toUpperCase()) ?? 'step';
  },
  read(span, kind) {
    const { attributes } = span;
    const name = kind === 'tool' ? toolNameOf(span) : agentNameOf(attributes);
    if (kind !== 'model') {
      return {
        name: name ?? (kind === 'agent' ? nameOfAgentSpan(span) : undefined),
        error: statusError(span) ?? (isAdkStep(span, kind) ? responseError(outputOf(span)) : undefined),
        input: () => valueMessages(attributes, 'input'),
        output: () => valueMessages(attributes, 'output'),
      };
    }
    const response = outputOf(span);
    const error = statusError(span) ?? responseError(response);
    const reported = textOf(attributes, 'llm.model_name');
    return {
      name,
      provider: textOf(attributes, 'llm.provider', 'llm.system'),
      requestModel: requestedModel(attributes) ?? reported,
      responseModel:
        firstOf(['model', 'modelVersion'], (key) => nonEmptyString(property(response, key))) ??
        (error === undefined ? reported : undefined),
      finishReasons: textsOf(attributes, 'llm.finish_reason'),
      usage: callUsage(attributes, response),
      error,
      answered: error === undefined && hasResponse(attributes),
      // The request itself says more than its flattened form, which holds one tool answer a message.
      input: () =>
        preferMessages(
          () => requestMessages(attributes),
          () => callMessages(attributes, 'input'),
        ),
      output: () => callMessages(attributes, 'output'),
    };
  },
};

/** ADK's agents give the last response of the model as their output, its errors included; a tool's is the application's. */
function isAdkStep({ scope }: SpanSnapshot, kind: SpanKind): boolean {
  return kind !== 'tool' && /google[-_]adk$/.test(scope.name);
}

function outputOf({ attributes }: SpanSnapshot): unknown {
  return parseContainer(textOf(attributes, 'output.value') ?? '');
}

/** DSPy names a tool's span for the method that runs it. */
function toolNameOf(span: SpanSnapshot): string {
  return textOf(span.attributes, 'tool.name') ?? span.name.replace(/\.__call__$/, '');
}

/** OpenAI Agents makes its workflow an agent as well: its span is named "Agent workflow", or what the host calls the work. */
function nameOfAgentSpan({ name, scope, attributes }: SpanSnapshot): string | undefined {
  return /openai[-_]agents$/.test(scope.name) ? textOf(attributes, 'graph.node.id') : name;
}

/** LangChain's agents are chains whose calls name the agent in their metadata. */
function agentNameOf(attributes: Attributes): string | undefined {
  const name = textOf(attributes, 'agent.name');
  const metadata = name === undefined ? (textOf(attributes, 'metadata') ?? '') : '';
  return metadata.includes('lc_agent_name')
    ? nonEmptyString(property(parseContainer(metadata), 'lc_agent_name'))
    : name;
}

function callUsage(attributes: Attributes, response: unknown): ReportedUsage | undefined {
  const count = (key: string): number | undefined => tokenCount(attributes[`llm.token_count.${key}`]);
  const reported = reportedUsage({
    input: count('prompt'),
    output: count('completion'),
    total: count('total'),
    cached: count('prompt_details.cache_read'),
    cacheCreation: count('prompt_details.cache_write'),
    reasoning: count('completion_details.reasoning'),
  });
  // Else the response's own JSON, a provider's.
  return reported ?? firstOf(['usage', 'usageMetadata'], (key) => readUsageObject(property(response, key)));
}

/** The model's name alone is no response: it stands on the request too. */
function hasResponse(attributes: Attributes): boolean {
  const keys = [
    'output.value',
    'llm.output_messages.0.message.role',
    'llm.finish_reason',
    'llm.token_count.completion',
  ];
  return keys.some((key) => attributes[key] !== undefined);
}

function requestedModel(attributes: Attributes): string | undefined {
  const parameters = parseContainer(textOf(attributes, 'llm.invocation_parameters') ?? '');
  return nonEmptyString(property(parameters, 'model'));
}

function requestMessages(attributes: Attributes): readonly Message[] {
  const request = parseContainer(textOf(attributes, 'input.value') ?? '');
  return readMessages(request, 'user');
}

function callMessages(attributes: Attributes, side: Side): readonly Message[] {
  const items = unflatten(attributes, `llm.${side}_messages`).map((item) => property(item, 'message') ?? item);
  const flattened = readMessages(items, ROLE_OF[side]);
  const speaks = flattened.some((message) => message.texts.some((text) => text !== ''));
  // Some put only roles and tool calls into the flattened form, and the words into the value.
  return speaks || flattened.some((message) => message.toolRequests.length > 0)
    ? flattened
    : valueMessages(attributes, side);
}

function valueMessages(attributes: Attributes, side: Side): readonly Message[] {
  const value = textOf(attributes, `${side}.value`);
  if (value === undefined) return [];
  const plain = textOf(attributes, `${side}.mime_type`) === 'text/plain';
  return plain ? plainMessage(value, ROLE_OF[side]) : readMessages(value, ROLE_OF[side]);
}
