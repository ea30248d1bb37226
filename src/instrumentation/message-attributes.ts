import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { withoutUndefined } from './without-undefined.ts';

/**
 * What was asked or answered, as the GenAI semantic conventions write it; what is undefined is left out.
 * Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/non-normative/examples-llm-calls/
 */
export function messageAttributes(said: {
  readonly question?: string | undefined;
  readonly answer?: string | undefined;
}): Attributes {
  return withoutUndefined({
    [ATTRIBUTE_KEYS.inputMessages]: messageJson('user', said.question),
    [ATTRIBUTE_KEYS.outputMessages]: messageJson('assistant', said.answer),
  });
}

function messageJson(role: 'user' | 'assistant', text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
}
