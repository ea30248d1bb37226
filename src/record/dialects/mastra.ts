import { readMessages } from '../messages/read-messages.ts';
import { type Dialect, preferMessages } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';
import { textOf } from './span-attributes.ts';

const TYPE = 'mastra.span.type';

/**
 * Mastra, by its exporter or its bridge: GenAI conventions, with content under `mastra.{span type}.input` and
 * `.output` where the conventions have no word. Which span of a generation is the `chat`, and has the usage, differs between
 * the two: the exporter's inferences, the bridge's generation, which sums them up.
 */
export const MASTRA: Dialect = {
  name: 'mastra',
  kindOf(span) {
    const type = textOf(span.attributes, TYPE);
    if (type === undefined) return undefined;
    return type === 'model_inference' ? 'model' : (genAiKind(span.attributes) ?? 'step');
  },
  read(span, kind) {
    const { attributes } = span;
    const type = textOf(attributes, TYPE);
    const reading = readGenAi(span, kind);
    return {
      ...reading,
      sumsCalls: type === 'model_generation',
      input: () => preferMessages(reading.input, () => readMessages(attributes[`mastra.${type}.input`], 'user')),
      output: () =>
        preferMessages(reading.output, () => readMessages(attributes[`mastra.${type}.output`], 'assistant')),
    };
  },
};
