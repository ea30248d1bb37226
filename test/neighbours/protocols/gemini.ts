import { geminiUsage } from '../../support/provider-usage.ts';
import type { Answer } from '../step.ts';
import { newId, type Protocol, pieces } from './protocol.ts';

export const gemini: Protocol = {
  path: /:(?:stream)?generateContent$/i,
  whole: (answer, modelVersion) => ({
    ...candidates(part(answer), 'STOP'),
    usageMetadata: geminiUsage(answer.tokens),
    modelVersion,
    responseId: newId('gemini-'),
  }),
  events(answer, modelVersion) {
    const shared = { modelVersion, responseId: newId('gemini-') };
    const parts = answer.does === 'say' ? pieces(answer.text).map((text) => ({ text })) : [part(answer)];
    const { prompt } = answer.tokens;
    return parts.map((each, index) => {
      const isLast = index === parts.length - 1;
      // As the service does it: every chunk has counts, and only the last has all of them.
      const counts = { promptTokenCount: prompt, totalTokenCount: prompt };
      const usageMetadata = isLast ? geminiUsage(answer.tokens) : counts;
      return { data: { ...candidates(each, isLast ? 'STOP' : undefined), usageMetadata, ...shared } };
    });
  },
  failure: (message) => ({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }),
};

function candidates(each: object, finishReason: string | undefined): object {
  return { candidates: [{ index: 0, content: { role: 'model', parts: [each] }, finishReason }] };
}

function part(answer: Answer): object {
  return answer.does === 'say' ? { text: answer.text } : { functionCall: { name: answer.tool, args: answer.args } };
}
