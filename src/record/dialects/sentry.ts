import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import { answerMessages, type Message } from '../messages/message.ts';
import { readMessages } from '../messages/read-messages.ts';
import { readToolRequests } from '../messages/read-parts.ts';
import { type Dialect, preferMessages } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';
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
    return { ...reading, finishReasons, output: () => preferMessages(reading.output, () => readAnswer(span)) };
  },
};

function readAnswer({ attributes }: SpanSnapshot): readonly Message[] {
  const texts = readMessages(textOf(attributes, 'gen_ai.response.text'), 'assistant').flatMap((each) => each.texts);
  return answerMessages(texts, readToolRequests(attributes['gen_ai.response.tool_calls']));
}
