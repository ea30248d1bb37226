import type { Message } from './messages/message.ts';
import type { SpokenText } from './turn-reading.ts';

export const SILENCE: SpokenText = { text: undefined, firstPart: undefined };

/** The last message of the user that says something. */
export function readQuestion(input: readonly Message[]): SpokenText {
  return spoken(input.findLast((message) => message.role === 'user' && says(message))?.texts ?? []);
}

/**
 * What an output says. A list that holds the whole conversation is answered by its last message of the assistant; a
 * list of nothing but the assistant's items is one answer.
 */
export function readAnswer(output: readonly Message[]): SpokenText {
  const isConversation = output.some((message) => message.role === 'user' || message.role === 'tool');
  if (!isConversation) return spoken(output.filter(isAssistant).flatMap((message) => message.texts));
  return spoken(output.findLast(isAssistant)?.texts ?? []);
}

function isAssistant(message: Message): boolean {
  return message.role === 'assistant';
}

function says(message: Message): boolean {
  return message.texts.some((text) => text !== '');
}

/** Text parts are pieces of one text: streamed or split by the provider, they carry their own white space. */
function spoken(texts: readonly string[]): SpokenText {
  const parts = texts.filter((text) => text !== '');
  const [firstPart] = parts;
  if (firstPart === undefined) return SILENCE;
  return { text: parts.join('').toWellFormed(), firstPart: firstPart.toWellFormed() };
}
