import { type Attributes, SpanKind } from '@opentelemetry/api';

/**
 * What a sampler knows of a span: its name, kind and first attributes. It sees no instrumentation scope, and several
 * instrumentations set their attributes only after the start, so names count as well.
 */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

const GENAI_KEY =
  /^(?:gen_ai|ai|llm|openinference|traceloop|langfuse|langsmith|mastra|gcp\.vertex\.agent|zip|genkit)[.:]/;

/**
 * Names of the instrumentations that start without attributes: ADK, AI SDK, OpenLLMetry, and the conventions' own
 * `<operation> <subject>`.
 */
const GENAI_NAME =
  /^(?:invocation$|call_llm$|(?:invoke_agent|create_agent|execute_tool|invoke_workflow|chat|generate_content|text_completion)(?: |$)|ai\.\w|agent run|zip\.)|\.(?:workflow|agent|task|tool)$/;

/** `support-agent`, `Support agent`, `my_agent`: how people name the spans of Langfuse and of their own. */
const AGENT_WORD = /(?:^|[^A-Za-z])agent(?:$|[^A-Za-z])/i;

/** Where Langfuse keeps its state once it traces: its spans start with nothing but a free name. */
const LANGFUSE = Symbol.for('langfuse');

/** OpenInference starts its spans without attributes, and gives them at once afterwards. */
export function startsSpansBare(scopeName: string): boolean {
  return scopeName.includes('openinference');
}

/**
 * Whether a span that starts may begin an agent turn, or belong to one. Errs on the side of yes for unnamed vocabularies.
 *
 * @param hasBareSpans whether spans that say nothing at their start may be of such a vocabulary
 */
export function mayBeGenAi({ name, kind, attributes }: SpanStart, hasBareSpans = false): boolean {
  let isBare = true;
  for (const key in attributes) {
    if (GENAI_KEY.test(key)) return true;
    isBare = false;
  }
  if (GENAI_NAME.test(name)) return true;
  if (kind !== SpanKind.INTERNAL) return false;
  return AGENT_WORD.test(name) || (isBare && (hasBareSpans || Reflect.has(globalThis, LANGFUSE)));
}

/** ADK wraps each turn in a span of its own that knows no agent yet. */
export function isAgentWrapper(name: string): boolean {
  return name === 'invocation';
}

/** The agent that a span is about to invoke, where its start tells. */
export function agentNameAtStart({ name, attributes }: SpanStart): string | undefined {
  for (const key of ['gen_ai.agent.name', 'agent.name', 'ai.telemetry.functionId', 'gen_ai.agent.id']) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return /^invoke_agent (.+)$/s.exec(name)?.[1] ?? /^(.+)\.(?:agent|workflow)$/s.exec(name)?.[1];
}
