import type { Dialect } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';

/** OpenLIT: GenAI conventions with a price on every call. */
export const OPENLIT: Dialect = {
  name: 'openlit',
  kindOf(span) {
    const ours = span.scope.name.startsWith('openlit') || span.attributes['gen_ai.usage.cost'] !== undefined;
    return ours ? genAiKind(span.attributes) : undefined;
  },
  read: readGenAi,
};
