import { openAiUsage } from '../../support/provider-usage.ts';
import type { Answer } from '../step.ts';
import { newId, type Protocol, pieces } from './protocol.ts';

export const openAiChat: Protocol = {
  path: /\/chat\/completions$/,
  whole(answer, model) {
    const message =
      answer.does === 'say'
        ? { role: 'assistant', content: answer.text, refusal: null }
        : { role: 'assistant', content: null, refusal: null, tool_calls: [toolCall(answer)] };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason(answer) }];
    return { ...envelope(model, 'chat.completion'), choices, usage: openAiUsage(answer.tokens) };
  },
  events(answer, model) {
    const shared = envelope(model, 'chat.completion.chunk');
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      data: { ...shared, choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null },
    });
    const content =
      answer.does === 'say'
        ? pieces(answer.text).map((piece) => chunk({ content: piece }))
        : [chunk({ tool_calls: [{ index: 0, ...toolCall(answer) }] })];
    return [
      chunk({ role: 'assistant', content: '' }),
      ...content,
      chunk({}, finishReason(answer)),
      { data: { ...shared, choices: [], usage: openAiUsage(answer.tokens) } },
      { data: '[DONE]' },
    ];
  },
  failure: (message) => ({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
};

function envelope(model: string, object: string): object {
  return { id: newId('chatcmpl-'), object, created: 1_790_000_000, model };
}

function toolCall({ tool, args }: Extract<Answer, { does: 'ask' }>): object {
  return { id: newId('call_'), type: 'function', function: { name: tool, arguments: JSON.stringify(args) } };
}

function finishReason({ does }: Answer): string {
  return does === 'say' ? 'stop' : 'tool_calls';
}
