import { firstOf } from '../base/first-of.ts';
import { isObject, propertyAt } from '../base/json-value.ts';
import { type CountName, type CountNames, USAGE_NAMES } from './usage-names.ts';

/** Token counts of one span as its instrumentation reports them, before the token algebra. */
export interface ReportedUsage {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cached: number | undefined;
  readonly cacheCreation: number | undefined;
  readonly reasoning: number | undefined;
  readonly toolUsePrompt: number | undefined;
  /** What the dialect means by `output`, where the reported total does not tell. */
  readonly outputIncludesReasoning: boolean;
  /** What the dialect means by `input`, where the reported total does not tell. */
  readonly inputIncludesCached: boolean;
  /** Reasoning is left out of `output` and may not be reported at all: no total can be derived then. */
  readonly hidesReasoning: boolean;
  /** The input is the instrumentation's own estimate, not what was served; it is never counted. */
  readonly inputIsEstimate: boolean;
  /**
   * An agent's sum over calls that have spans of their own. Where those are lost they may turn up as a turn of orphans:
   * then the sum would be counted beside them.
   */
  readonly repeatsCalls: boolean;
}

const UNREPORTED: ReportedUsage = {
  input: undefined,
  output: undefined,
  total: undefined,
  cached: undefined,
  cacheCreation: undefined,
  reasoning: undefined,
  toolUsePrompt: undefined,
  outputIncludesReasoning: true,
  inputIncludesCached: true,
  hidesReasoning: false,
  inputIsEstimate: false,
  repeatsCalls: false,
};

/** Usage of a span, or `undefined` where it reports neither input, output nor total. */
export function reportedUsage(usage: Partial<ReportedUsage>): ReportedUsage | undefined {
  if (usage.input === undefined && usage.output === undefined && usage.total === undefined) return undefined;
  return { ...UNREPORTED, ...usage };
}

/**
 * A token count as a safe integer of at least 0, from a number or decimal text. Anything else (negative, fractional,
 * beyond 2^53, not a number) is no count: NULL is better than a wrong number.
 */
export function tokenCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  // `+ 0` turns -0 into 0.
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count + 0 : undefined;
}

/** Reads every count by the names that the table has for it; `find` gives the value of a name. */
export function countsNamed(
  place: keyof CountNames,
  find: (name: string) => unknown,
): Partial<Record<CountName, number | undefined>> {
  const count = (name: CountName): number | undefined =>
    firstOf(USAGE_NAMES[name][place], (each) => tokenCount(find(each)));
  return {
    input: count('input'),
    output: count('output'),
    total: count('total'),
    cached: count('cached'),
    cacheCreation: count('cacheCreation'),
    reasoning: count('reasoning'),
    toolUsePrompt: count('toolUsePrompt'),
  };
}

// Gemini's JSON, as its TypeScript and its Python SDK write it.
const GEMINI_OUTPUT = ['candidatesTokenCount', 'candidates_token_count'];

/**
 * Usage in a JSON object of a provider or framework: OpenAI chat and Responses, Gemini, Anthropic, LangChain's
 * `usage_metadata`, the AI SDK, Langfuse's usual keys.
 */
export function readUsageObject(value: unknown): ReportedUsage | undefined {
  if (!isObject(value)) return undefined;
  return reportedUsage({
    ...countsNamed('paths', (path) => propertyAt(value, ...path.split('.'))),
    // Gemini counts candidates apart from thoughts; Anthropic counts fresh input apart from what the cache served.
    outputIncludesReasoning: !GEMINI_OUTPUT.some((key) => Object.hasOwn(value, key)),
    inputIncludesCached: !Object.hasOwn(value, 'cache_read_input_tokens'),
  });
}
