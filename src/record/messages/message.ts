import type { ToolRequest } from '../turn-reading.ts';

/** What a span was given, or what it gave. */
export type Side = 'input' | 'output';

export type MessageRole = 'user' | 'assistant' | 'system' | 'tool';

/** Who speaks on a side, where nothing else says it. */
export const ROLE_OF: { readonly [Each in Side]: MessageRole } = { input: 'user', output: 'assistant' };

/** One message of a conversation, reduced to what a record needs. */
export interface Message {
  readonly role: MessageRole;
  /** Text parts in order; reasoning, images and tool results are not text. */
  readonly texts: readonly string[];
  /** Tool calls that this message asks for. */
  readonly toolRequests: readonly ToolRequest[];
  /** Tool calls that this message answers. */
  readonly toolAnswers: readonly ToolAnswer[];
}

export interface ToolAnswer {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

export function textMessage(role: MessageRole, text: string): Message {
  return { role, texts: [text], toolRequests: [], toolAnswers: [] };
}

/** What a model said and asked for, as a list of one message; empty where it did neither. */
export function answerMessages(texts: readonly string[], toolRequests: readonly ToolRequest[]): readonly Message[] {
  if (texts.length === 0 && toolRequests.length === 0) return [];
  return [{ role: 'assistant', texts, toolRequests, toolAnswers: [] }];
}
