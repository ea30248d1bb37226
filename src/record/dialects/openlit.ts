import type { Dialect } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';
import { applicationTool } from './langchain-tool.ts';

const LANGCHAIN_SCOPE = '@openlit/instrumentation-langchain';

/**
 * OpenLIT: GenAI conventions with a price on every call. Its LangChain integration estimates the input of a call, and
 * calls tools by their class; the served numbers and names stand in the serialised messages.
 */
export const OPENLIT: Dialect = {
  name: 'openlit',
  kindOf(span) {
    // `openlit.trace` wraps any function and says nothing about it.
    if (span.scope.name === 'openlit') return genAiKind(span.attributes) ?? 'step';
    const isOurs = span.scope.name.startsWith('@openlit/') || span.attributes['gen_ai.usage.cost'] !== undefined;
    return isOurs ? genAiKind(span.attributes) : undefined;
  },
  read(span, kind) {
    const reading = readGenAi(span, kind);
    const inputIsEstimate = span.scope.name === LANGCHAIN_SCOPE;
    // Anthropic's own count of the input leaves out what the cache served.
    const inputIncludesCached = reading.provider !== 'anthropic';
    return {
      ...reading,
      name: kind === 'tool' ? applicationTool(reading.name) : reading.name,
      usage: reading.usage && { ...reading.usage, inputIsEstimate, inputIncludesCached },
    };
  },
};
