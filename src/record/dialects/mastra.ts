import { readMessages } from '../content/read-messages.ts';
import type { Dialect } from './dialect.ts';
import { genAiKind, genAiMessages, readGenAi } from './gen-ai-attributes.ts';
import { textOf } from './span-attributes.ts';

const TYPE = 'mastra.span.type';

/**
 * Mastra, by its exporter or its bridge: GenAI conventions, with content under `mastra.{span type}.input` and
 * `.output` where the conventions have no word. Which span of a generation is the `chat` differs between the two.
 */
export const MASTRA: Dialect = {
  name: 'mastra',
  kindOf(span) {
    return textOf(span.attributes, TYPE) === undefined ? undefined : (genAiKind(span.attributes) ?? 'step');
  },
  read(span, kind) {
    const { attributes } = span;
    const type = textOf(attributes, TYPE);
    return {
      ...readGenAi(span, kind),
      input: () => {
        const messages = genAiMessages(span, 'input');
        return messages.length > 0 ? messages : readMessages(attributes[`mastra.${type}.input`], 'user');
      },
      output: () => {
        const messages = genAiMessages(span, 'output');
        return messages.length > 0 ? messages : readMessages(attributes[`mastra.${type}.output`], 'assistant');
      },
    };
  },
};
