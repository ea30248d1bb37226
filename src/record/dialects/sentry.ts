import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import type { Message } from '../messages/message.ts';
import { readMessages } from '../messages/read-messages.ts';
import { readToolRequests } from '../messages/read-parts.ts';
import type { Dialect } from './dialect.ts';
import { genAiKind, genAiMessages, readGenAi } from './gen-ai-attributes.ts';
import { textOf } from './span-attributes.ts';

/** Sentry's AI integrations: GenAI conventions, with the answer in `gen_ai.response.text` and `.tool_calls`. */
export const SENTRY: Dialect = {
  name: 'sentry',
  kindOf(span) {
    const operation = textOf(span.attributes, 'sentry.op');
    return operation?.startsWith('gen_ai.') ? genAiKind(span.attributes) : undefined;
  },
  read(span, kind) {
    const reading = readGenAi(span, kind);
    // Streams report every state that they pass through.
    const finishReasons = (reading.finishReasons ?? []).filter((reason) => reason !== 'in_progress');
    return { ...reading, finishReasons, output: () => readOutput(span) };
  },
};

function readOutput(span: SpanSnapshot): readonly Message[] {
  const { attributes } = span;
  const messages = genAiMessages(span, 'output');
  if (messages.length > 0) return messages;
  const texts = readMessages(textOf(attributes, 'gen_ai.response.text'), 'assistant').flatMap((each) => each.texts);
  const toolRequests = readToolRequests(attributes['gen_ai.response.tool_calls']);
  if (texts.length === 0 && toolRequests.length === 0) return [];
  return [{ role: 'assistant', texts, toolRequests, toolAnswers: [] }];
}
