import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import { nonEmptyString } from '../../base/json-value.ts';
import type { Dialect } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';

/** OpenTelemetry GenAI semantic conventions, current names; also the spans that this package makes itself. */
export const GEN_AI: Dialect = genAi('gen-ai', ATTRIBUTE_KEYS.operationName);

/** The conventions before operations had names: `gen_ai.system`, `prompt_tokens`, message events. */
export const GEN_AI_OLD: Dialect = genAi('gen-ai-old', 'gen_ai.system');

function genAi(name: string, key: string): Dialect {
  return {
    name,
    kindOf: ({ attributes }) => (nonEmptyString(attributes[key]) === undefined ? undefined : genAiKind(attributes)),
    read: readGenAi,
  };
}
