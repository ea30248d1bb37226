import type { Message } from './messages/message.ts';
import type { SpokenText } from './turn-reading.ts';

/** The last message of the user that says something. */
export function readQuestion(input: readonly Message[]): SpokenText | undefined {
  return spoken(input.findLast((message) => message.role === 'user' && says(message)));
}

/**
 * What an output says. A list that holds the whole conversation is answered by its last message of the assistant; a
 * list of nothing but the assistant's items is one answer.
 */
export function readAnswer(output: readonly Message[]): SpokenText | undefined {
  const isConversation = output.some((message) => message.role === 'user' || message.role === 'tool');
  if (isConversation) return spoken(output.findLast(isAssistant));
  return spoken({ texts: output.filter(isAssistant).flatMap((message) => message.texts) });
}

function isAssistant(message: Message): boolean {
  return message.role === 'assistant';
}

function says(message: Message): boolean {
  return message.texts.some((text) => text !== '');
}

/** Text parts are pieces of one text: streamed or split by the provider, they carry their own white space. */
function spoken(said: Pick<Message, 'texts'> | undefined): SpokenText | undefined {
  const parts = said?.texts.filter((text) => text !== '') ?? [];
  const [firstPart] = parts;
  if (firstPart === undefined) return undefined;
  return { text: parts.join('').toWellFormed(), firstPart: firstPart.toWellFormed() };
}
