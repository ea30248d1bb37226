import type { ServedTokens } from '../live/conversation-script.ts';

/** What was served, as OpenAI's chat completions tell it: the output counts reasoning. */
export function openAiUsage({ prompt, visible, thoughts, cached }: ServedTokens) {
  return {
    prompt_tokens: prompt,
    completion_tokens: visible + thoughts,
    total_tokens: prompt + visible + thoughts,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: thoughts },
  };
}

/** As Gemini tells it: candidates leave out thoughts, and a count that is zero is not there. */
export function geminiUsage({ prompt, visible, thoughts, cached }: ServedTokens) {
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: visible,
    totalTokenCount: prompt + visible + thoughts,
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
    ...(cached > 0 && { cachedContentTokenCount: cached }),
  };
}
