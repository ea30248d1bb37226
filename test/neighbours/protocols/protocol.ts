import type { Answer } from '../step.ts';

/** How one provider speaks. Fields are those that its clients read, as the provider sends them. */
export interface Protocol {
  readonly path: RegExp;
  /** The body of an answer that comes whole. */
  whole(answer: Answer, model: string): object;
  /** The events of a streamed answer. */
  events(answer: Answer, model: string): readonly ServerSentEvent[];
  /** The body of HTTP 400. */
  failure(message: string): object;
}

export interface ServerSentEvent {
  readonly event?: string;
  readonly data: object | string;
}

let count = 0;

export function newId(prefix: string): string {
  count += 1;
  return `${prefix}${String(count).padStart(8, '0')}`;
}

export function pieces(text: string): readonly string[] {
  return text.match(/\S+\s*/g) ?? [];
}
