import type { Answer } from '../step.ts';
import { newId, type Protocol, pieces, type ServerSentEvent } from './protocol.ts';

export const openAiResponses: Protocol = {
  path: /\/responses$/,
  whole: (answer, model) => response(answer, model, item(answer)),
  events(answer, model) {
    const done = item(answer);
    const whole = response(answer, model, done);
    const begun = { ...whole, status: 'in_progress', output: [], usage: null };
    const events = [
      event('response.created', { response: begun }),
      event('response.in_progress', { response: begun }),
      event('response.output_item.added', { item: { ...done, status: 'in_progress', ...emptied(answer) } }),
      ...content(answer, done.id),
      event('response.output_item.done', { item: done }),
      event('response.completed', { response: whole }),
    ];
    return events.map(({ data, ...named }, index) => ({ ...named, data: { ...data, sequence_number: index } }));
  },
  failure: (message) => ({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
};

function item(answer: Answer): { readonly id: string } {
  return answer.does === 'say'
    ? {
        id: newId('msg_'),
        ...{ type: 'message', status: 'completed', role: 'assistant', content: [part(answer.text)] },
      }
    : {
        id: newId('fc_'),
        ...{ type: 'function_call', call_id: newId('call_'), name: answer.tool, status: 'completed' },
        ...{ arguments: JSON.stringify(answer.args) },
      };
}

function emptied({ does }: Answer): object {
  return does === 'say' ? { content: [] } : { arguments: '' };
}

function part(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function content(answer: Answer, item_id: string): readonly (ServerSentEvent & { data: object })[] {
  if (answer.does === 'ask') {
    const text = JSON.stringify(answer.args);
    return [
      event('response.function_call_arguments.delta', { item_id, delta: text }),
      event('response.function_call_arguments.done', { item_id, name: answer.tool, arguments: text }),
    ];
  }
  const at = { item_id, content_index: 0 };
  return [
    event('response.content_part.added', { ...at, part: part('') }),
    ...pieces(answer.text).map((delta) => event('response.output_text.delta', { ...at, delta, logprobs: [] })),
    event('response.output_text.done', { ...at, text: answer.text, logprobs: [] }),
    event('response.content_part.done', { ...at, part: part(answer.text) }),
  ];
}

function event(type: string, data: object): { readonly event: string; readonly data: object } {
  return { event: type, data: { type, output_index: 0, ...data } };
}

function response({ tokens }: Answer, model: string, output: object): object {
  const { prompt, visible, thoughts, cached } = tokens;
  return {
    ...{ id: newId('resp_'), object: 'response', created_at: 1_790_000_000, status: 'completed', model },
    ...{ error: null, incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true },
    ...{ previous_response_id: null, temperature: 1, top_p: 1, tool_choice: 'auto', tools: [], output: [output] },
    usage: {
      input_tokens: prompt,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: visible + thoughts,
      output_tokens_details: { reasoning_tokens: thoughts },
      total_tokens: prompt + visible + thoughts,
    },
  };
}
