import { firstOf } from '../base/first-of.ts';
import type { Message } from './messages/message.ts';
import type { SpokenText } from './turn-reading.ts';

/** What frameworks put around the words of the user. */
const PROMPTS: readonly RegExp[] = [
  // smolagents
  /^New task:\n(?<asked>.*)$/s,
  // CrewAI
  /^\nCurrent Task: (?<asked>.*?)\n\nThis is the expected criteria for your final answer:/s,
];

/** The last message of the user that says something. */
export function readQuestion(input: readonly Message[]): SpokenText | undefined {
  const said = spoken(input.findLast((message) => message.role === 'user' && says(message)));
  const asked = said && firstOf(PROMPTS, (prompt) => prompt.exec(said.text)?.groups?.asked);
  return asked ? { text: asked, firstPart: asked } : said;
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
