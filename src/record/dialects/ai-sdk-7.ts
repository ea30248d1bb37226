import { tokenCount } from '../reported-usage.ts';
import type { Dialect } from './dialect.ts';
import { genAiKind, readGenAi } from './gen-ai-attributes.ts';

/** Vercel AI SDK 7: GenAI conventions, with the usage repeated on `invoke_agent`, and details under `ai.usage.*`. */
export const AI_SDK_7: Dialect = {
  name: 'ai-sdk-7',
  kindOf(span) {
    return span.scope.name === 'gen_ai' ? genAiKind(span.attributes) : undefined;
  },
  read(span, kind) {
    const reading = readGenAi(span, kind);
    const reasoning = tokenCount(span.attributes['ai.usage.outputTokenDetails.reasoningTokens']);
    const usage = reading.usage && {
      ...reading.usage,
      reasoning: reading.usage.reasoning ?? reasoning,
      repeatsCalls: true,
    };
    // Processors of others pass a handled tool's error status on to the root; what has a reason to finish, finished.
    const error = (reading.finishReasons ?? []).length > 0 ? undefined : reading.error;
    return { ...reading, usage, error };
  },
};
