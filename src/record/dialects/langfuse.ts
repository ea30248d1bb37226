import { isObject, parseContainer } from '../../base/json-value.ts';
import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import { readMessages } from '../messages/read-messages.ts';
import { type ReportedUsage, readUsageObject, reportedUsage, tokenCount } from '../reported-usage.ts';
import type { Dialect, SpanKind } from './dialect.ts';
import { statusError, textOf } from './span-attributes.ts';

const USAGE = 'langfuse.observation.usage_details';
const TYPE = 'langfuse.observation.type';
const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['agent', 'agent'],
  ['generation', 'model'],
  ['tool', 'tool'],
]);

/** Langfuse 4 and 5: one JSON attribute each for input, output and usage; the usage has keys of the user's choice. */
export const LANGFUSE: Dialect = {
  name: 'langfuse',
  kindOf(span) {
    const type = textOf(span.attributes, TYPE);
    return type === undefined ? undefined : (KINDS.get(type) ?? 'step');
  },
  read(span, kind) {
    const { attributes } = span;
    const model = textOf(attributes, 'langfuse.observation.model.name');
    const error = observationError(span);
    return {
      name: kind === 'agent' || kind === 'tool' ? span.name : undefined,
      requestModel: model,
      responseModel: error === undefined ? model : undefined,
      answered: error === undefined && textOf(attributes, 'langfuse.observation.output', USAGE) !== undefined,
      usage: kind === 'model' ? usageOf(span) : undefined,
      error,
      timeToFirstTokenMs: timeToFirstToken(span),
      input: () => readMessages(textOf(attributes, 'langfuse.observation.input', 'langfuse.trace.input'), 'user'),
      output: () =>
        readMessages(textOf(attributes, 'langfuse.observation.output', 'langfuse.trace.output'), 'assistant'),
    };
  },
};

function observationError(span: SpanSnapshot): string | undefined {
  const { attributes } = span;
  if (textOf(attributes, 'langfuse.observation.level') !== 'ERROR') return statusError(span);
  return textOf(attributes, 'langfuse.observation.status_message') ?? statusError(span) ?? 'unknown error';
}

/**
 * Free keys count disjoint parts of the whole, unless input + output are the total already. Without a total Langfuse
 * itself adds all keys up.
 */
function usageOf(span: SpanSnapshot): ReportedUsage | undefined {
  const details = parseContainer(textOf(span.attributes, USAGE) ?? '');
  if (!isObject(details)) return undefined;
  const known = readUsageObject(details);
  if (!Object.hasOwn(details, 'input')) return known;
  const matching = (pattern: RegExp): number | undefined =>
    tokenCount(details[Object.keys(details).find((key) => pattern.test(key)) ?? '']);
  return reportedUsage({
    input: known?.input,
    output: known?.output,
    total: known?.total,
    cached: matching(/cached|cache_?read/i),
    cacheCreation: matching(/cache_?(creation|write)/i),
    reasoning: matching(/reasoning|thought|thinking/i),
    inputIncludesCached: false,
    outputIncludesReasoning: false,
  });
}

function timeToFirstToken(span: SpanSnapshot): number | undefined {
  const at = textOf(span.attributes, 'langfuse.observation.completion_start_time')?.replaceAll('"', '');
  const millis = at === undefined ? Number.NaN : Date.parse(at) - Number(span.startTimeUnixNano / 1_000_000n);
  return millis >= 0 ? millis : undefined;
}
