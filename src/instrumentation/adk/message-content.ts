import type { LlmResponse } from '@google/adk';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import { messageAttributes } from '../message-attributes.ts';

export type Content = NonNullable<LlmResponse['content']>;

/** Who asks, and what. */
export function questionAttributes(userId: string, sessionId: string, question: Content | undefined): Attributes {
  return {
    [ATTRIBUTE_KEYS.userId]: userId,
    [ATTRIBUTE_KEYS.sessionId]: sessionId,
    ...messageAttributes({ question: textOf(question) }),
  };
}

/** Text parts, reasoning left out; `undefined` where there is none. */
export function textOf(content: Content | undefined): string | undefined {
  const spoken = content?.parts?.filter((part) => typeof part.text === 'string' && part.thought !== true) ?? [];
  return spoken.map((part) => part.text).join('') || undefined;
}
