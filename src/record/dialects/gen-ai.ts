import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import type { Dialect } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';
import { textOf } from './span-attributes.ts';

/** OpenTelemetry GenAI semantic conventions, current names; also the spans that this package makes itself. */
export const GEN_AI: Dialect = {
  name: 'gen-ai',
  kindOf(span) {
    if (textOf(span.attributes, ATTRIBUTE_KEYS.operationName) === undefined) return undefined;
    return genAiKind(span.attributes);
  },
  read: readGenAi,
};
