import type { ToolRequest } from '../turn-reading.ts';

export type MessageRole = 'user' | 'assistant' | 'system' | 'tool';

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
