import { nonEmptyString, parseContainer, parseJsonString, property, propertyAt } from '../../base/json-value.ts';
import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import type { Message } from '../messages/message.ts';
import { readMessages } from '../messages/read-messages.ts';
import { type ReportedUsage, readUsageObject } from '../reported-usage.ts';
import type { Dialect, SpanKind } from './dialect.ts';
import { statusError, textOf } from './span-attributes.ts';

const SCOPE = 'genkit-tracer';
const INPUT = 'genkit:input';
const OUTPUT = 'genkit:output';
const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['flow', 'agent'],
  ['model', 'model'],
  ['tool', 'tool'],
  ['tool.v2', 'tool'],
]);
// Google's plugins write candidates apart from thoughts; those for OpenAI write both together.
const GOOGLE = ['googleai/', 'vertexai/'];

/**
 * Genkit for Go and TypeScript. `generate` repeats what the last model below it gave, so it is a step; a flow takes
 * the application's own JSON, which is a question only where it is plain text.
 */
export const GENKIT: Dialect = {
  name: 'genkit',
  kindOf({ scope, attributes }) {
    if (scope.name !== SCOPE) return undefined;
    return KINDS.get(textOf(attributes, 'genkit:metadata:subtype') ?? '') ?? 'step';
  },
  read(span, kind) {
    const { attributes } = span;
    const name = textOf(attributes, 'genkit:name') ?? span.name;
    const error = statusError(span) ?? (attributes['genkit:state'] === 'error' ? 'unknown error' : undefined);
    if (kind !== 'model') {
      const isPlain = kind === 'agent';
      return {
        name: kind === 'step' ? undefined : name,
        error,
        input: () =>
          isPlain ? readMessages(parseJsonString(textOf(attributes, INPUT)), 'user') : requestMessages(span),
        output: () =>
          isPlain
            ? readMessages(parseJsonString(textOf(attributes, OUTPUT)), 'assistant')
            : responseMessages(responseOf(span)),
      };
    }
    const response = responseOf(span);
    const model = name.slice(name.indexOf('/') + 1);
    return {
      provider: name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined,
      requestModel: model,
      responseModel: error === undefined && response !== undefined ? model : undefined,
      finishReasons: [nonEmptyString(property(response, 'finishReason'))].filter((reason) => reason !== undefined),
      usage: callUsage(name, response),
      error,
      input: () => requestMessages(span),
      output: () => responseMessages(response),
    };
  },
};

function responseOf(span: SpanSnapshot): unknown {
  return parseContainer(textOf(span.attributes, OUTPUT) ?? '');
}

function callUsage(name: string, response: unknown): ReportedUsage | undefined {
  const usage = readUsageObject(property(response, 'usage'));
  // The plugins for OpenAI's protocol leave its details where they came.
  const raw = readUsageObject(propertyAt(response, 'raw', 'usage'));
  return (
    usage && {
      ...usage,
      cached: usage.cached ?? raw?.cached,
      reasoning: usage.reasoning ?? raw?.reasoning,
      outputIncludesReasoning: !GOOGLE.some((plugin) => name.startsWith(plugin)),
    }
  );
}

function requestMessages(span: SpanSnapshot): readonly Message[] {
  const request = parseContainer(textOf(span.attributes, INPUT) ?? '');
  return readMessages(property(request, 'messages'), 'user');
}

/** The message of a response; older models give a list of candidates. */
function responseMessages(response: unknown): readonly Message[] {
  const message = property(response, 'message') ?? { candidates: property(response, 'candidates') };
  return readMessages(message, 'assistant');
}
