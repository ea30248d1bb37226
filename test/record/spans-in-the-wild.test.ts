/** What real frameworks write where others write words, names and ids; each value was seen in a capture. */
import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../src/record/build-record.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { agent, asks, call, readTree, says, type TreeSpan, tokens, tool } from '../support/turn-tree.ts';

function rowOf(root: TreeSpan): ConversationRecord {
  const [reading, ...more] = readTree(root);
  if (reading === undefined || more.length > 0) throw new Error('the sample makes one turn');
  return buildRecord(reading);
}

const PYTHON =
  "ChatMessage(role=<MessageRole.USER: 'user'>, blocks=[TextBlock(block_type='text', text='Is it paid?')])";

describe('words', () => {
  it.each([
    ['an object of Python', PYTHON],
    ['a result of Python', "StopEvent(result=AgentOutput(response=ChatMessage(role=<MessageRole.ASSISTANT: 'a'>)))"],
    ['a message of LangChain in Python', "content='Is it paid?' additional_kwargs={} response_metadata={}"],
    ['a hidden text', 'HIDDEN:non-empty'],
    ['a redacted text', '[REDACTED]'],
    ['a scrubbed text', "[Scrubbed due to 'session']"],
    ['an empty input', 'null'],
  ])('are not %s', (_, text) => {
    const row = rowOf(agent([call({ ...asks(text), ...says(text), ...tokens(1, 1) })]));
    expect(row).toMatchObject({ user_question: null, agent_response: null });
    // The call below says it in words.
    expect(rowOf(agent([call({ ...asks('Is it paid?'), ...says('Yes.') })], asks(text)))).toMatchObject({
      user_question: 'Is it paid?',
      agent_response: 'Yes.',
    });
  });

  it.each(['Config(x=1) fails, why?', 'null and void?', 'What does [REDACTED] mean in the report?', 'None', '42'])(
    'are %s',
    (text) => {
      expect(rowOf(agent([call({ ...asks(text), ...says('Yes.') })])).user_question).toBe(text);
    },
  );

  it('are trimmed at both ends, and counted so', () => {
    const row = rowOf(agent([call({ ...asks(' Is it\npaid?\n'), ...says('Yes.\n') })]));
    expect(row).toMatchObject({ user_question: 'Is it\npaid?', agent_response: 'Yes.', agent_response_length: 4 });
  });

  it.each([
    ['text', '[{"text":"Is it paid?"}]'],
    ['text beside an image', '[{"type":"text","text":"Is it paid?"},{"type":"image_url","image_url":{"url":"u"}}]'],
  ])('stand in a list of parts that is a text itself: %s', (_, content) => {
    const events = [{ name: 'gen_ai.user.message', timeUnixNano: 1n, attributes: { content } }];
    expect(rowOf({ ...agent([call(says('Yes.'))]), events }).user_question).toBe('Is it paid?');
  });

  it('are JSON where the user or the model said JSON', () => {
    const json = '[{"invoice":7}]';
    expect(rowOf(agent([call({ ...asks(json), ...says(json) })]))).toMatchObject({
      user_question: json,
      agent_response: json,
    });
  });

  it.each(['all_messages_events', 'events'])('stand in the list of events %s (pydantic-ai)', (key) => {
    const events = [
      { 'event.name': 'gen_ai.system.message', role: 'system', content: 'Help.' },
      { 'event.name': 'gen_ai.user.message', role: 'user', content: 'Is it paid?' },
      { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', content: 'Yes.' } },
    ];
    const row = rowOf(agent([call({ [key]: JSON.stringify(events) })]));
    expect(row).toMatchObject({ user_question: 'Is it paid?', agent_response: 'Yes.' });
  });

  it.each([
    ['smolagents', 'New task:\nIs it paid?'],
    ['CrewAI', '\nCurrent Task: Is it paid?\n\nThis is the expected criteria for your final answer: A word'],
  ])('are unwrapped from the prompt of %s', (_, prompt) => {
    expect(rowOf(agent([call({ ...asks(prompt), ...says('Yes.') })])).user_question).toBe('Is it paid?');
  });

  it('of the last call are the answer where the root gives the whole thread', () => {
    const thread = agent([call({ ...asks('Is it paid?'), ...says('Yes.') })], says('Is it paid?Is it paid?Yes.'));
    expect(rowOf(thread).agent_response).toBe('Yes.');
    const finished = agent([call({ ...asks('Is it paid?'), ...says('Yes.') })], says('Dear Ana,\nYes.\nYour clerk'));
    expect(rowOf(finished).agent_response).toBe('Dear Ana,\nYes.\nYour clerk');
    // Though a word of the question is in it.
    const quoting = agent([call({ ...asks('paid'), ...says('Yes.') })], says('It is paid: Yes.'));
    expect(rowOf(quoting).agent_response).toBe('It is paid: Yes.');
  });

  it('above the agent are the question where nothing in the turn holds it', () => {
    const root = {
      scope: 'openinference.instrumentation.google_adk',
      attributes: {
        'openinference.span.kind': 'CHAIN',
        'input.value': JSON.stringify({
          user_id: 'u',
          new_message: { parts: [{ text: 'Is it paid?' }], role: 'user' },
        }),
      },
      children: [agent([call({}, [], 'overloaded')], {}, 'overloaded')],
    };
    expect(rowOf(root)).toMatchObject({ user_question: 'Is it paid?', success: false });
  });
});

describe('ids', () => {
  it.each([
    ['session_id', 'spring.ai.chat.client.conversation.id'],
    ['session_id', 'session_id'],
    ['user_id', 'trpc.go.agent.runner.user_id'],
    ['user_id', 'llm.user'],
    ['user_id', 'metadata.user_api_key_end_user_id'],
    ['user_id', 'user_id'],
  ] as const)('%s is read from %s', (column, key) => {
    expect(rowOf(agent([call({ [key]: 'id-1' })]))[column]).toBe('id-1');
  });

  it.each(['resp_0a1b', "[Scrubbed due to 'session']"])('%s is none', (id) => {
    expect(rowOf(agent([call({ 'gen_ai.conversation.id': id })])).session_id).toBeNull();
  });
});

describe('tools', () => {
  const request = (name: string, id?: string) => ({
    role: 'assistant',
    parts: [{ type: 'tool_call', name, ...(id && { id }) }],
  });
  const answer = (id?: string) => ({
    role: 'tool',
    parts: [{ type: 'tool_call_response', response: 'x', ...(id && { id }) }],
  });
  const messages = (side: 'input' | 'output', ...said: readonly object[]) => ({
    [`gen_ai.${side}.messages`]: JSON.stringify(said),
  });

  it.each([
    [
      'spring.ai.tool.definition.name',
      { 'spring.ai.tool.definition.name': 'look', 'gen_ai.operation.name': 'framework', 'spring.ai.kind': 'tool_call' },
      'x',
    ],
    ['the name of a DSPy span', { 'openinference.span.kind': 'TOOL' }, 'look.__call__'],
    ['the name after the operation', { 'gen_ai.operation.name': 'execute_tool' }, 'execute_tool look'],
  ])('are named by %s', (_, attributes, name) => {
    expect(rowOf(agent([{ name, attributes }])).tools_used).toEqual(['look']);
  });

  it('are those that the outer view of a call shows, where the inner one has the counts', () => {
    const user = { role: 'user', parts: [{ type: 'text', content: 'Is it paid?' }] };
    const first = call(messages('input', user), [call(tokens(10, 1))]);
    const second = call(messages('input', user, request('look', 'c1'), answer('c1')), [call(tokens(20, 2))]);
    expect(rowOf(agent([first, second]))).toMatchObject({ tools_used: ['look'], model_call_count: 2 });
  });

  it('are not doubled by a name in quotes', () => {
    const asked = [request("'look'", 'c1'), answer('c1')];
    const row = rowOf(agent([call(messages('input')), tool('look'), call(messages('input', ...asked))]));
    expect(row.tools_used).toEqual(['look']);
  });

  it.each([
    ['by id', 'c1'],
    ['by order', undefined],
  ])('are those that the call before asked for, where an answer does not say its name: %s', (_, id) => {
    const user = { role: 'user', parts: [{ type: 'text', content: 'Is it paid?' }] };
    const first = call({ ...messages('input', user), ...messages('output', request('look', id)) });
    expect(rowOf(agent([first, call(messages('input', user, answer(id)))])).tools_used).toEqual(['look']);
  });
});

describe('counts', () => {
  it('of Genkit’s plugins for OpenAI stand in part in what the provider said', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    const output = { usage: { inputTokens: 100, outputTokens: 30, totalTokens: 130 }, raw: { usage } };
    const attributes = {
      'genkit:name': 'openai/gpt-5-mini',
      'genkit:metadata:subtype': 'model',
      'genkit:output': JSON.stringify(output),
    };
    expect(rowOf(agent([{ scope: 'genkit-tracer', attributes }]))).toMatchObject({
      prompt_token_count: 100,
      candidates_token_count: 10,
      thoughts_token_count: 20,
      cached_content_token_count: 64,
    });
  });
});

describe('outcome', () => {
  const adk = (response: object) => ({
    name: 'call_llm',
    scope: 'gcp.vertex.agent',
    attributes: { 'gcp.vertex.agent.llm_response': JSON.stringify(response) },
  });

  it('is a failure where the response says an error code, in either spelling', () => {
    expect(rowOf(agent([adk({ errorCode: 'SAFETY' })]))).toMatchObject({ success: false, error_message: 'SAFETY' });
    const row = rowOf(agent([adk({ error_code: '429', error_message: 'Slow down.' })]));
    expect(row).toMatchObject({ success: false, error_message: 'Slow down.' });
  });

  it('is that of the agent below where no call is seen', () => {
    const row = rowOf(agent([agent([], { 'gen_ai.agent.name': 'x' }, 'overloaded')]));
    expect(row).toMatchObject({ success: false, error_message: 'overloaded' });
  });

  it('is no success by the word of the root where the agent that began last failed', () => {
    const failed = agent([], { 'gen_ai.agent.name': 'x' }, 'overloaded');
    const root = { ...agent([call({}), failed]), ok: true };
    expect(rowOf(root).success).toBeNull();
    expect(rowOf({ ...agent([call({})]), ok: true }).success).toBe(true);
  });

  it.each([
    ['a tool that gives JSON of its own', 'openinference.instrumentation.google_adk', 'TOOL'],
    ['a chain of another framework', 'openinference.instrumentation.langchain', 'CHAIN'],
  ])('is not read from the output of %s', (_, scope, kind) => {
    const output = JSON.stringify({ error_code: 'E7', answer: 'Not paid.' });
    const step = { scope, attributes: { 'openinference.span.kind': kind, 'output.value': output } };
    const row = rowOf(agent([call({ ...asks('Is it paid?'), ...says('No.') }), step]));
    expect(row).toMatchObject({ success: true, tool_error_count: 0 });
  });

  it('has the model of any view of the failed call', () => {
    const inner = call({ 'gen_ai.request.model': 'gemini-2.5-flash' }, [], 'overloaded');
    const row = rowOf(agent([{ ...adk({}), error: 'overloaded', children: [inner] }], {}, 'overloaded'));
    expect(row.request_model).toBe('gemini-2.5-flash');
    expect(rowOf(agent([{ ...call({}, [], 'x'), name: 'chat claude-x' }])).request_model).toBe('claude-x');
    expect(rowOf(agent([call({ 'gen_ai.response.model': 'none' })])).response_model).toBeNull();
  });
});
