import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider, type Sampler } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsSampler, type AnalyticsSamplerOptions } from '../../src/traces/analytics-sampler.ts';
import { createRatioSampler, parseSampler } from '../../src/traces/parse-sampler.ts';

interface Start {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

function startUnder(options: Partial<AnalyticsSamplerOptions> & { sampler?: Sampler }) {
  const sampler = new AnalyticsSampler({ sampler: new AlwaysOffSampler(), ...options });
  const tracer = new BasicTracerProvider({ sampler, idGenerator: seededIds() }).getTracer('test');
  return ({ name, kind = SpanKind.INTERNAL, attributes = {} }: Start, parent?: Span): Span =>
    tracer.startSpan(
      name,
      { kind, attributes },
      parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent),
    );
}

/** Ids that are the same in every run. */
function seededIds(seed = 1) {
  let state = seed;
  const hex = (): string => {
    // A linear congruential generator, as in Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state.toString(16).padStart(8, '0');
  };
  return { generateTraceId: () => hex() + hex() + hex() + hex(), generateSpanId: () => hex() + hex() };
}

function decisionOf(span: Span): 'sampled' | 'recorded' | 'nothing' {
  if (!span.isRecording()) return 'nothing';
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0 ? 'recorded' : 'sampled';
}

const LANGFUSE = Symbol.for('langfuse');
afterEach(() => {
  Reflect.deleteProperty(globalThis, LANGFUSE);
});

describe('AnalyticsSampler over a sampler that says no', () => {
  it.each<Start>([
    { name: 'invocation' },
    { name: 'invoke_agent invoice' },
    { name: 'call_llm' },
    { name: 'anything', attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
    { name: 'chat gemini-2.5-flash', kind: SpanKind.CLIENT },
    { name: 'anything', attributes: { 'openinference.span.kind': 'AGENT' } },
    { name: 'ai.generateText' },
    { name: 'support_chat.workflow' },
    { name: 'support.agent' },
    { name: "agent run: 'weather'" },
    { name: 'support-agent' },
    { name: 'Support agent' },
    { name: 'anything', attributes: { 'langfuse.observation.type': 'agent' } },
  ])('records $name', (start) => {
    expect(decisionOf(startUnder({})(start))).toBe('recorded');
  });

  it.each<Start>([
    { name: 'GET /chat', kind: SpanKind.SERVER, attributes: { 'http.request.method': 'GET' } },
    { name: 'POST /agents/agent', kind: SpanKind.SERVER },
    { name: 'GET', kind: SpanKind.CLIENT, attributes: { 'user_agent.original': 'x' } },
    { name: 'pg.query', kind: SpanKind.CLIENT, attributes: { 'db.system': 'postgresql' } },
    { name: 'middleware' },
    { name: 'user-agents' },
    { name: 'reagent' },
    { name: 'process message', kind: SpanKind.CONSUMER },
  ])('leaves $name out, and what is below it', (start) => {
    const begin = startUnder({});
    const span = begin(start);
    expect(decisionOf(span)).toBe('nothing');
    expect(decisionOf(begin({ name: 'below' }, span))).toBe('nothing');
  });

  it('records what is below an agent, whatever it is, also after the agent has ended', () => {
    const begin = startUnder({});
    const http = begin({ name: 'POST /chat', kind: SpanKind.SERVER });
    const agent = begin({ name: 'invoke_agent a' }, http);
    const query = begin({ name: 'pg.query', kind: SpanKind.CLIENT }, agent);
    expect([http, agent, query].map(decisionOf)).toEqual(['nothing', 'recorded', 'recorded']);
    query.end();
    agent.end();
    expect(decisionOf(begin({ name: 'late' }, query))).toBe('recorded');
  });

  it('records free names only in a process that uses Langfuse, or where they are named', () => {
    expect(decisionOf(startUnder({})({ name: 'my turn' }))).toBe('nothing');
    expect(decisionOf(startUnder({ recordNames: ['my *'] })({ name: 'my turn' }))).toBe('recorded');
    Reflect.set(globalThis, LANGFUSE, {});
    expect(decisionOf(startUnder({})({ name: 'my turn' }))).toBe('recorded');
    expect(decisionOf(startUnder({})({ name: 'GET /', kind: SpanKind.SERVER }))).toBe('nothing');
    expect(decisionOf(startUnder({})({ name: 'layer', attributes: { 'express.type': 'middleware' } }))).toBe('nothing');
  });

  it('records under a remote parent that was not sampled', () => {
    const begin = startUnder({});
    const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.NONE, isRemote: true };
    const remote = trace.wrapSpanContext(context);
    expect(decisionOf(begin({ name: 'invoke_agent a' }, remote))).toBe('recorded');
    expect(decisionOf(begin({ name: 'GET /', kind: SpanKind.SERVER }, remote))).toBe('nothing');
  });
});

describe('AnalyticsSampler over a sampler that says yes', () => {
  it('changes nothing', () => {
    const begin = startUnder({ sampler: new AlwaysOnSampler() });
    const http = begin({ name: 'GET /', kind: SpanKind.SERVER });
    expect([http, begin({ name: 'invoke_agent a' }, http)].map(decisionOf)).toEqual(['sampled', 'sampled']);
  });

  it('shows the backend its ratio of the turns, whole ones, and records all', () => {
    const begin = startUnder({ sampler: createRatioSampler(0.01) });
    let sampled = 0;
    const turns = 20_000;
    for (let turn = 0; turn < turns; turn += 1) {
      const http = begin({ name: 'POST /chat', kind: SpanKind.SERVER });
      const agent = begin({ name: 'invoke_agent a' }, http);
      const model = begin({ name: 'chat m' }, agent);
      const decisions = [agent, model].map(decisionOf);
      expect(decisions).toEqual(decisionOf(http) === 'sampled' ? ['sampled', 'sampled'] : ['recorded', 'recorded']);
      if (decisionOf(http) === 'sampled') sampled += 1;
    }
    // Four standard deviations of a binomial distribution.
    expect(Math.abs(sampled - turns * 0.01)).toBeLessThan(4 * Math.sqrt(turns * 0.01 * 0.99));
  });
});

describe('rules of agents', () => {
  const agentRules = [
    { agent: 'billing-*', ratio: 1 },
    { agent: 'chatty', ratio: 0 },
  ];

  it('decide for the whole turn of their agent, in both directions', () => {
    const never = startUnder({ agentRules });
    const billing = never({ name: 'invoke_agent billing-eu' });
    expect([billing, never({ name: 'chat m' }, billing)].map(decisionOf)).toEqual(['sampled', 'sampled']);
    expect(decisionOf(never({ name: 'invoke_agent other' }))).toBe('recorded');

    const always = startUnder({ agentRules, sampler: new AlwaysOnSampler() });
    const http = always({ name: 'POST /chat', kind: SpanKind.SERVER });
    const chatty = always({ name: 'x', attributes: { 'gen_ai.agent.name': 'chatty' } }, http);
    const model = always({ name: 'chat m' }, chatty);
    expect([http, chatty, model].map(decisionOf)).toEqual(['sampled', 'recorded', 'recorded']);
  });

  it('are not asked again inside a turn', () => {
    const begin = startUnder({ agentRules, sampler: new AlwaysOnSampler() });
    const root = begin({ name: 'invoke_agent root' });
    expect(decisionOf(begin({ name: 'invoke_agent chatty' }, root))).toBe('sampled');
  });

  it("are asked below ADK's invocation, which knows no agent", () => {
    const begin = startUnder({ agentRules });
    const invocation = begin({ name: 'invocation' });
    expect(decisionOf(invocation)).toBe('recorded');
    expect(decisionOf(begin({ name: 'invoke_agent billing-eu' }, invocation))).toBe('sampled');
  });

  it('take the characters of a name as they are', () => {
    const begin = startUnder({ agentRules: [{ agent: 'a.b+*', ratio: 1 }] });
    expect(decisionOf(begin({ name: 'invoke_agent a.b+c' }))).toBe('sampled');
    expect(decisionOf(begin({ name: 'invoke_agent aXb+c' }))).toBe('recorded');
  });
});

describe('parseSampler', () => {
  it.each([
    [{}, 'ParentBased{root=TraceIdRatioBased{1}', undefined],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, 'AlwaysOnSampler', undefined],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'AlwaysOffSampler', undefined],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 'TraceIdRatioBased{0.25}', undefined],
    [
      { OTEL_TRACES_SAMPLER: ' parentbased_traceidratio ', OTEL_TRACES_SAMPLER_ARG: '0.5' },
      'ParentBased{root=TraceIdRatioBased{0.5}',
      undefined,
    ],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 'ParentBased{root=AlwaysOffSampler', undefined],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: 'x' },
      'ParentBased{root=AlwaysOnSampler',
      undefined,
    ],
    [
      { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
      'ParentBased{root=TraceIdRatioBased{1}',
      /jaeger_remote.*known: always_on/,
    ],
    [{ OTEL_TRACES_SAMPLER: 'toString' }, 'ParentBased{root=TraceIdRatioBased{1}', /toString/],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '5' }, 'TraceIdRatioBased{1}', /from 0 to 1/],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, 'TraceIdRatioBased{1}', undefined],
  ])('reads %j', (env, name, warning) => {
    const reading = parseSampler(env);
    expect(reading.sampler.toString()).toContain(name);
    if (warning === undefined) expect(reading.warning).toBeUndefined();
    else expect(reading.warning).toMatch(warning);
  });
});
