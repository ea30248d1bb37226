import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../src/record/build-record.ts';
import type { TurnReading } from '../../src/record/turn-reading.ts';
import { agent, asks, call, readTree, says, type TreeSpan, tokens, tool } from '../support/turn-tree.ts';

function read(root: TreeSpan): TurnReading {
  const [reading, ...more] = readTree(root);
  if (reading === undefined || more.length > 0) throw new Error('the sample makes one turn');
  return reading;
}

describe('tokens', () => {
  it('are the sum of the calls, not of the agents that repeat them', () => {
    const inner = agent([call(tokens(10, 1))], tokens(10, 1));
    const reading = read(agent([call(tokens(100, 5)), tool('expert', [inner])], tokens(110, 6)));
    expect(reading.usage).toMatchObject({ prompt: 110, candidates: 6, total: 116 });
    expect(reading.tokenRule).toBe('reasoning_unreported');
  });

  it('are the agent’s own where no call carries any', () => {
    const reading = read(agent([call(says('hi'))], tokens(110, 6)));
    expect(reading.usage.total).toBe(116);
    expect(reading.tokenRule).toContain('agent_usage');
  });

  it('count a call that encloses its tools and their agents beside the calls of these', () => {
    const enclosing = call(tokens(100, 5), [tool('expert', [agent([call(tokens(10, 1))])])]);
    expect(read(agent([enclosing])).usage.total).toBe(116);
  });

  it('count one call once, however many instrumentations nest around it', () => {
    const nested = call(tokens(100, 5), [call({}, [call(tokens(100, 5))])]);
    const reading = read(agent([nested]));
    expect(reading.usage.total).toBe(105);
    expect(reading.modelCalls).toHaveLength(1);
  });

  it('count one call once where a second instrumentation stands beside the first', () => {
    const question = { ...asks('q'), 'gen_ai.request.model': 'm' };
    const first = { ...call({ ...tokens(100, 5), ...question }), start: 10, end: 20, scope: 'langchain' };
    const twin = { ...call({ ...tokens(97, 4), ...question }), start: 12, end: 21, scope: 'openai' };
    const next = { ...call({ ...tokens(200, 6), ...question }), start: 30, end: 40, scope: 'langchain' };
    expect(read(agent([first, twin, next])).usage.total).toBe(311);
  });

  it('of a generation that sums its calls up count once, beside those of an agent that one of its tools asks (Mastra)', () => {
    const inference = (text: string): TreeSpan => ({
      attributes: { 'mastra.span.type': 'model_inference', 'mastra.model_inference.output': `{"text":"${text}"}` },
    });
    const generation = (input: number, output: number, children: readonly TreeSpan[]): TreeSpan =>
      call({ 'mastra.span.type': 'model_generation', 'gen_ai.request.model': 'm', ...tokens(input, output) }, children);
    const inner = agent([generation(10, 1, [inference('inner')])]);
    const outer = generation(100, 5, [inference('first'), tool('expert', [inner]), inference('last')]);
    const reading = read(agent([outer]));
    expect(reading.usage).toMatchObject({ prompt: 110, candidates: 6 });
    expect(reading.modelCalls.map(({ spoken, requestModel }) => [spoken?.text, requestModel])).toEqual([
      ['first', 'm'],
      ['inner', 'm'],
      ['last', 'm'],
    ]);
    const prices = { m: { input: 1_000_000, output: 0 } };
    expect(buildRecord(reading, { prices }).estimated_cost_usd).toBe(110);
  });

  it('are unknown where a call answered without usage, and known where one failed without', () => {
    const silent = read(agent([call(tokens(100, 5)), call(says('hi'))]));
    expect(silent).toMatchObject({ usage: { prompt: null, total: null }, tokenRule: 'call_without_usage' });
    const failed = read(agent([call({}, [], '429'), call({ ...tokens(100, 5), ...says('hi') })]));
    expect(failed).toMatchObject({ usage: { total: 105 }, success: true });
  });

  it('are unknown while a call without usage still runs', () => {
    expect(read(agent([call(tokens(100, 5)), { ...call(), end: null }])).usage.total).toBeNull();
  });

  it('do not count embeddings', () => {
    const embedding: TreeSpan = { attributes: { 'gen_ai.operation.name': 'embeddings', ...tokens(7, 0) } };
    expect(read(agent([embedding, call(tokens(100, 5))])).usage.total).toBe(105);
  });
});

describe('question and answer', () => {
  it('are the root’s, else those of the first and the last call that is not a tool’s', () => {
    const expert = tool('expert', [agent([call({ ...asks('inner?'), ...says('inner') })])]);
    const calls = [call({ ...asks('Outer?'), ...says('wait') }), expert, call(says('Outer.'))];
    expect(read(agent(calls))).toMatchObject({
      question: { text: 'Outer?' },
      answer: { text: 'Outer.' },
      success: true,
    });
    const root = { ...asks('Root?'), ...says('Root.') };
    expect(read(agent(calls, root))).toMatchObject({ question: { text: 'Root?' }, answer: { text: 'Root.' } });
  });

  it('leave an answer out of the row of a failed turn', () => {
    const reading = read(agent([call(says('half an'))], {}, 'connection lost'));
    expect(buildRecord(reading)).toMatchObject({
      agent_response: null,
      success: false,
      error_message: 'connection lost',
    });
  });
});

describe('success', () => {
  it('holds where a tool failed and was handled', () => {
    const reading = read(agent([call(), tool('book', [], 'no table'), call(says('Sorry.'))]));
    expect(buildRecord(reading)).toMatchObject({ success: true, tool_error_count: 1 });
    expect(reading.toolCalls).toMatchObject([{ name: 'book', success: false, error: 'no table' }]);
  });

  it('fails with the last call, and not with one that was tried again', () => {
    expect(read(agent([call(says('first')), call({}, [], 'overloaded')]))).toMatchObject({
      success: false,
      error: 'overloaded',
    });
    expect(read(agent([call({}, [], 'overloaded'), call(says('second'))])).success).toBe(true);
  });

  it('is unknown where the last call asked for a tool and nothing followed', () => {
    const asking = call({ 'gen_ai.response.finish_reasons': ['tool_calls'] });
    expect(read(agent([asking, tool('look')])).success).toBeUndefined();
  });

  it('is unknown where a call shows no response and no failure', () => {
    expect(read(agent([call(asks('q'))])).success).toBeUndefined();
  });

  it('takes the failure of a span above only where the turn shows nothing of its own', () => {
    const above = (child: TreeSpan): TreeSpan => ({ name: 'POST /chat', error: '500', children: [child] });
    expect(read(above(agent([])))).toMatchObject({ success: false, error: '500' });
    expect(read(above(agent([call(says('done'))])))).toMatchObject({ success: true, error: undefined });
  });

  it('fails with a stream whose request broke', () => {
    const request: TreeSpan = { name: 'POST', error: 'other side closed' };
    expect(read(agent([call(says('Once upon'), [request])]))).toMatchObject({
      success: false,
      error: 'other side closed',
    });
    expect(read(agent([call({ ...says('Once.'), ...tokens(1, 1) }, [request])])).success).toBe(true);
  });
});

describe('tool calls', () => {
  const request = (id: string, name: string): object => ({
    role: 'assistant',
    parts: [{ type: 'tool_call', id, name }],
  });
  const result = (id: string): object => ({ role: 'tool', parts: [{ type: 'tool_call_response', id, response: 'r' }] });
  const knows = (...messages: readonly object[]): TreeSpan =>
    call({ 'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: 'q' }, ...messages]) });

  it('are those of the spans, and those that only a later call’s input shows', () => {
    const seen = { ...tool('look'), attributes: { ...tool('look').attributes, 'gen_ai.tool.call.id': 'c1' } };
    const known = [request('c1', 'look'), result('c1'), request('c2', 'book'), result('c2')];
    const reading = read(agent([knows(), seen, knows(...known)]));
    expect(reading.toolCalls.map(({ name, success }) => [name, success])).toEqual([
      ['look', true],
      ['book', undefined],
    ]);
    expect(buildRecord(reading).tool_error_count).toBeNull();
  });

  it('are not those of earlier turns, nor requests that nothing answered', () => {
    const history = [request('c1', 'look'), result('c1')];
    const reading = read(agent([knows(...history), knows(...history, request('c2', 'book'))]));
    expect(reading.toolCalls).toEqual([]);
  });

  it('do not hold hand-overs', () => {
    const names = (...tools: readonly string[]): readonly string[] => {
      const history = tools.flatMap((name, i) => [request(`c${i}`, name), result(`c${i}`)]);
      const expert = agent([], { 'gen_ai.agent.name': 'Tax Expert' });
      return read(agent([knows(), knows(...history), expert])).toolCalls.map(({ name }) => name);
    };
    expect(names('transfer_to_agent', 'handoff', '(merged tools)', 'transfer_to_tax_expert')).toEqual([]);
    // Only where X is an agent of the turn.
    expect(names('transfer_to_savings', 'handoff_letter')).toEqual(['transfer_to_savings', 'handoff_letter']);
    expect(read(agent([tool('transfer_to_agent'), tool('look')])).toolCalls).toMatchObject([{ name: 'look' }]);
  });

  it('count once where two instrumentations nest', () => {
    expect(read(agent([tool('look', [tool('look')])])).toolCalls).toHaveLength(1);
  });
});

describe('identity', () => {
  it('is lent by spans above and below, the root first', () => {
    const inner = call({ 'user.id': 'inner', 'session.id': 'below' });
    const reading = read({ attributes: { 'enduser.id': 'above' }, children: [agent([inner], { 'user.id': 'inner' })] });
    expect(reading).toMatchObject({ userId: 'inner', sessionId: 'below' });
    expect(read({ attributes: { 'enduser.id': 'above' }, children: [agent([])] }).userId).toBe('above');
  });

  it('is left out where spans of one conversation contradict each other', () => {
    const reading = read(agent([call({ 'session.id': 'other' })], { 'session.id': 'mine', 'user.id': 'u' }));
    expect(reading).toMatchObject({ sessionId: undefined, userId: 'u' });
  });

  it('is not contradicted by an agent that has a session of its own', () => {
    const expert = agent([call({ 'session.id': 'inner' })], { 'session.id': 'inner' });
    expect(read(agent([tool('expert', [expert])], { 'session.id': 'mine' })).sessionId).toBe('mine');
  });

  it('makes the conversation of the session, and the session of the conversation', () => {
    const [bySession] = readTree(agent([], { 'session.id': 's' }));
    const [byConversation] = readTree(agent([], { 'gen_ai.conversation.id': 'c' }));
    if (bySession === undefined || byConversation === undefined) throw new Error('the samples make turns');
    expect(buildRecord(bySession)).toMatchObject({ conversation_id: 's', session_id: 's' });
    expect(buildRecord(byConversation)).toMatchObject({ conversation_id: 'c', session_id: 'c' });
  });
});

describe('times', () => {
  it('take the tools out of a call that encloses them, and count what overlaps once', () => {
    const first = { ...call({}, [{ ...tool('a'), start: 20, end: 50 }]), start: 10, end: 60 };
    const second = { ...call(), start: 40, end: 70 };
    const streamed = { ...call({ 'gen_ai.response.time_to_first_chunk': 0.005 }), start: 80, end: 90 };
    const reading = read({ ...agent([first, second, streamed]), start: 5, end: 100 });
    // 10–20, 40–70 and 80–90.
    expect(reading).toMatchObject({ modelTimeMs: 50, toolTimeMs: 30, timeToFirstTokenMs: 80 });
  });
});

describe('what this package’s ADK plugin adds', () => {
  const SCOPE = 'gcp.vertex.agent';
  const bare = { 'gcp.vertex.agent.llm_request': '{}', 'gcp.vertex.agent.llm_response': '{}' };
  const adkAgent = (children: readonly TreeSpan[], attributes = {}): TreeSpan => ({
    name: 'invoke_agent helper',
    scope: SCOPE,
    attributes,
    children,
  });
  const adkCall = (attributes: TreeSpan['attributes'], error?: string): TreeSpan => ({
    name: 'call_llm',
    scope: SCOPE,
    ...(attributes === undefined ? {} : { attributes }),
    ...(error === undefined ? {} : { error }),
  });

  it('is read also where ADK captures no content', () => {
    const usage = {
      ...bare,
      ...tokens(100, 20),
      'gen_ai.usage.reasoning.output_tokens': 30,
      'gen_ai.usage.cache_read.input_tokens': 40,
      'spanledger.usage.total_tokens': 150,
    };
    const reading = read(adkAgent([adkCall(usage)], { 'user.id': 'ana', ...asks('¿Qué?'), ...says('Esto.') }));
    expect(reading).toMatchObject({
      userId: 'ana',
      question: { text: '¿Qué?' },
      answer: { text: 'Esto.' },
      usage: { prompt: 100, candidates: 20, thoughts: 30, cached: 40, total: 150 },
      tokenRule: 'reasoning_excluded',
      success: true,
    });
  });

  it('tells a failed call that ADK leaves without a word', () => {
    expect(read(adkAgent([adkCall({})]))).toMatchObject({ success: undefined, error: undefined });
    expect(read(adkAgent([adkCall({ 'spanledger.error_message': 'overloaded' })]))).toMatchObject({
      success: false,
      error: 'overloaded',
    });
  });
});
