import { describe, expect, it } from 'vitest';
import { eventMessages } from '../../../src/record/messages/event-messages.ts';
import { readMessages } from '../../../src/record/messages/read-messages.ts';
import { unflatten } from '../../../src/record/messages/unflatten.ts';
import { readAnswer, readQuestion } from '../../../src/record/read-speech.ts';

const lc = (name: string, kwargs: object): object => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'messages', name],
  kwargs,
});

describe('the question', () => {
  it.each([
    ['plain text', 'How many?'],
    [
      'OpenAI chat request',
      '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"How many?"}]}',
    ],
    ['OpenAI parts', '[{"role":"user","content":[{"type":"image_url"},{"type":"text","text":"How many?"}]}]'],
    [
      'OpenAI Responses',
      '{"instructions":"s","input":[{"role":"user","content":[{"type":"input_text","text":"How many?"}]}]}',
    ],
    ['Responses with plain input', '{"instructions":"s","input":"How many?"}'],
    ['Gemini', '{"contents":[{"role":"user","parts":[{"text":"How "},{"text":"many?"}]}],"config":{"x":1}}'],
    ['GenAI conventions', '[{"role":"user","parts":[{"type":"text","content":"How many?"}]}]'],
    ['AI SDK prompt', '{"system":"s","prompt":"How many?"}'],
    [
      'LangChain serialised',
      JSON.stringify({
        messages: [[lc('SystemMessage', { content: 's' }), lc('HumanMessage', { content: 'How many?' })]],
      }),
    ],
    ['LangChain stored', '[{"type":"human","data":{"content":"How many?"}}]'],
    ['Traceloop arguments', '{"args":["How many?",{"role":"x"}],"kwargs":{}}'],
    [
      'a list inside a text part',
      JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: '[{"role":"user","content":"How many?"}]' }] }]),
    ],
    ['one message', '{"role":"user","content":"How many?"}'],
    ['a form with one field', '{"question":"How many?"}'],
  ])('in %s', (_, value) => {
    expect(readQuestion(readMessages(value, 'user'))?.text).toBe('How many?');
  });

  it('is the last one, and no tool result', () => {
    const history = [
      { role: 'user', content: 'Before' },
      { role: 'assistant', content: 'Yes' },
      { role: 'user', content: 'Now?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'nothing to say' }] },
      { role: 'user', tool_call_id: 't2', content: 'nor this' },
    ];
    expect(readQuestion(readMessages(history, 'user'))?.text).toBe('Now?');
  });

  it('stays what the user typed, JSON included', () => {
    expect(readQuestion(readMessages([{ role: 'user', content: '{"a":1}' }], 'user'))?.text).toBe('{"a":1}');
    expect(readQuestion(readMessages([{ role: 'user', content: '[1, 2]' }], 'user'))?.text).toBe('[1, 2]');
  });

  it('is not JSON that a length limit cut', () => {
    expect(readMessages('{"messages":[{"role":"user","content":"How', 'user')).toEqual([]);
  });
});

describe('the answer', () => {
  it.each([
    [
      'OpenAI chat response',
      '{"choices":[{"message":{"role":"assistant","content":"Four."}},{"message":{"content":"Five."}}]}',
    ],
    ['a stream of responses', '[{"choices":[{"message":{"role":"assistant","content":"Four."}}]}]'],
    [
      'OpenAI Responses',
      '{"output":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Four."}]}],"text":{"format":{}}}',
    ],
    [
      'Gemini with thoughts',
      '{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"Four."}]}}]}',
    ],
    ['ADK', '{"content":{"role":"model","parts":[{"text":"Four."}]},"finishReason":"STOP"}'],
    [
      'Anthropic',
      '{"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Four."}]}',
    ],
    [
      'GenAI conventions',
      '[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"Four."}]}]',
    ],
    [
      'LangChain result',
      JSON.stringify({ generations: [[{ text: 'Four.', message: lc('AIMessage', { content: 'Four.' }) }]] }),
    ],
    [
      'LangGraph state',
      JSON.stringify({
        messages: [
          lc('HumanMessage', { content: 'q' }),
          lc('AIMessage', { content: 'Wait.' }),
          lc('ToolMessage', { content: '4', tool_call_id: 'c' }),
          lc('AIMessage', { content: 'Four.' }),
        ],
      }),
    ],
    ['Mastra', '{"text":"Four.","files":[]}'],
    ['plain text', 'Four.'],
  ])('in %s', (_, value) => {
    expect(readAnswer(readMessages(value, 'assistant'))?.text).toBe('Four.');
  });

  it('joins the text parts, and knows the first alone', () => {
    const output = [{ role: 'model', parts: [{ text: 'One ' }, { text: 'two' }] }];
    expect(readAnswer(readMessages(output, 'assistant'))).toEqual({ text: 'One two', firstPart: 'One ' });
  });

  it('is well-formed', () => {
    expect(readAnswer(readMessages('half \ud83d', 'assistant'))?.text).toBe('half \ufffd');
  });
});

describe('tool calls', () => {
  it.each([
    ['OpenAI', { role: 'assistant', content: null, tool_calls: [{ id: 'c1', function: { name: 'look' } }] }],
    ['LangChain', lc('AIMessage', { content: '', tool_calls: [{ id: 'c1', name: 'look' }] })],
    [
      'LangChain, as the provider said it',
      lc('AIMessage', { content: '', additional_kwargs: { tool_calls: [{ id: 'c1', function: { name: 'look' } }] } }),
    ],
    ['AI SDK', { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'look' }] }],
    ['Anthropic', { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'look' }] }],
    ['Gemini', { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'look' } }] }],
    ['Bedrock', { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'look' } }] }],
    ['Responses', { type: 'function_call', id: 'item', call_id: 'c1', name: 'look' }],
    ['OpenInference', { role: 'assistant', tool_calls: [{ tool_call: { id: 'c1', function: { name: 'look' } } }] }],
  ])('of %s', (_, message) => {
    const [read] = readMessages([message], 'assistant');
    expect(read?.toolRequests).toEqual([{ id: 'c1', name: 'look' }]);
  });
});

describe('events', () => {
  it('are read with the role that their name says', () => {
    const event = (name: string, attributes: object): Parameters<typeof eventMessages>[0][number] => ({
      name,
      attributes: { ...attributes },
    });
    const events = [
      event('gen_ai.system.message', { content: 's' }),
      event('gen_ai.user.message', { content: 'How many?' }),
      event('gen_ai.choice', { message: '{"content":"Four."}', finish_reason: 'stop' }),
      event('gen_ai.client.inference.operation.details', { 'gen_ai.output.messages': '[]' }),
    ];
    expect(readQuestion(eventMessages(events, 'input'))?.text).toBe('How many?');
    expect(readAnswer(eventMessages(events, 'output'))?.text).toBe('Four.');
  });
});

describe('unflatten', () => {
  it('orders by index, closes gaps and keeps hostile keys as keys', () => {
    const items = unflatten(
      { 'm.10.role': 'b', 'm.2.role': 'a', 'm.2.__proto__.polluted': true, 'm.x': 1, other: 2 },
      'm',
    );
    expect(items).toEqual([]);
    const list = unflatten({ 'm.10.role': 'b', 'm.2.role': 'a', 'm.2.__proto__.polluted': true }, 'm');
    expect(list).toHaveLength(2);
    expect(list[0]).toMatchObject({ role: 'a' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
