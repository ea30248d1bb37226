import type { Answer } from '../step.ts';
import { newId, type Protocol, pieces, type ServerSentEvent } from './protocol.ts';

export const anthropic: Protocol = {
  path: /\/messages$/,
  whole: (answer, model) => ({
    ...message(model),
    content: [block(answer)],
    stop_reason: stopReason(answer),
    usage: usage(answer),
  }),
  events(answer, model) {
    const begun = { ...message(model), content: [], stop_reason: null };
    const deltas =
      answer.does === 'say'
        ? pieces(answer.text).map((text) => ({ type: 'text_delta', text }))
        : [{ type: 'input_json_delta', partial_json: JSON.stringify(answer.args) }];
    const empty = answer.does === 'say' ? { text: '' } : { input: {} };
    const { output_tokens } = usage(answer);
    return [
      event('message_start', { message: { ...begun, usage: { ...usage(answer), output_tokens: 1 } } }),
      event('content_block_start', { index: 0, content_block: { ...block(answer), ...empty } }),
      ...deltas.map((delta) => event('content_block_delta', { index: 0, delta })),
      event('content_block_stop', { index: 0 }),
      event('message_delta', {
        delta: { stop_reason: stopReason(answer), stop_sequence: null },
        usage: { output_tokens },
      }),
      event('message_stop', {}),
    ];
  },
  failure: (text) => ({ type: 'error', error: { type: 'invalid_request_error', message: text } }),
};

function message(model: string): object {
  return { id: newId('msg_'), type: 'message', role: 'assistant', model, stop_sequence: null };
}

function block(answer: Answer): object {
  return answer.does === 'say'
    ? { type: 'text', text: answer.text }
    : { type: 'tool_use', id: newId('toolu_'), name: answer.tool, input: answer.args };
}

function stopReason({ does }: Answer): string {
  return does === 'say' ? 'end_turn' : 'tool_use';
}

/** Here the input leaves out what the cache served, and the output includes thinking. */
function usage({ tokens: { prompt, visible, thoughts, cached } }: Answer) {
  return {
    input_tokens: prompt - cached,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: visible + thoughts,
  };
}

function event(type: string, data: object): ServerSentEvent {
  return { event: type, data: { type, ...data } };
}
