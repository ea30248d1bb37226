import type { Dialect } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';
import { textOf } from './span-attributes.ts';

/** GenAI semantic conventions before operations had names: `gen_ai.system`, `prompt_tokens`, message events. */
export const GEN_AI_OLD: Dialect = {
  name: 'gen-ai-old',
  kindOf(span) {
    return textOf(span.attributes, 'gen_ai.system') === undefined ? undefined : genAiKind(span.attributes);
  },
  read: readGenAi,
};
