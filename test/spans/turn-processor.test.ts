import { context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import type { TurnExporter } from '../../src/spans/turn-exporter.ts';
import { TurnProcessor, type TurnProcessorOptions } from '../../src/spans/turn-processor.ts';
import { recordOf } from '../support/record-of.ts';
import { exporterTo } from '../support/turn-exporter.ts';

function setUp(options: Partial<TurnProcessorOptions> = {}) {
  const rows: ConversationRecord[] = [];
  const said: string[] = [];
  const processor = new TurnProcessor({
    exporter: async () => exporterTo((turn) => rows.push(recordOf(turn))),
    classify: classifySpan,
    diagnostics: createDiagnostics({ write: (line) => said.push(line) }),
    ...options,
  });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('test');
  const startSpan = (name: string, parent?: Span, attributes = {}): Span =>
    tracer.startSpan(
      name,
      { attributes },
      parent === undefined ? ROOT_CONTEXT : trace.setSpan(context.active(), parent),
    );
  return { rows, said, processor, provider, startSpan };
}

const AGENT = { 'gen_ai.operation.name': 'invoke_agent' };

/** Deterministic, so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('TurnProcessor', () => {
  it('keeps 10,000 turns apart that run interleaved in one process', async () => {
    const { rows, processor, startSpan } = setUp();
    const random = randomNumbers(42);
    const steps = Array.from({ length: 10_000 }, (_, n) => turnSteps(startSpan, n));
    const running = [...steps.keys()];
    while (running.length > 0) {
      const at = Math.floor(random() * running.length);
      const turn = running[at] ?? 0;
      if (steps[turn]?.next().done === true) {
        running[at] = running.at(-1) ?? 0;
        running.pop();
      }
    }
    await processor.forceFlush();
    expect(rows).toHaveLength(10_000);
    expect(new Set(rows.map(({ message_id }) => message_id)).size).toBe(10_000);
    for (const row of rows) {
      const n = Number(row.user_question?.slice(1));
      expect(row).toMatchObject({
        user_question: `q${n}`,
        agent_response: `r${n}`,
        user_id: `user-${n % 7}`,
        session_id: `session-${n % 11}`,
        agent_name: `agent-${n % 3}`,
        prompt_token_count: callsOf(n) * n + 1,
        candidates_token_count: callsOf(n),
        thoughts_token_count: callsOf(n),
        tools_used: Array.from({ length: callsOf(n) - 1 }, () => 'shared_tool'),
        model_call_count: callsOf(n),
        success: true,
        complete: true,
        record_version: 1,
      });
    }
  });

  it('keeps what an exporter throws or rejects from the host, and counts it', async () => {
    const fails = (): never => {
      throw new Error('no');
    };
    for (const failing of [() => Promise.reject(new Error('no')), fails]) {
      const exporter = async (): Promise<TurnExporter> => ({ ...exporterTo(() => undefined), export: failing });
      const { processor, startSpan, said } = setUp({ exporter });
      startSpan('a', undefined, AGENT).end();
      startSpan('b', undefined, AGENT).end();
      await processor.forceFlush();
      expect(processor.stats()).toMatchObject({ turns: 2, failedExports: 2 });
      expect(said).toEqual(['[spanledger] a turn was not exported: no (turn-export)']);
    }
  });

  it('keeps what a classifier throws from the host', () => {
    const { startSpan, said } = setUp({
      classify: () => {
        throw new Error('no');
      },
    });
    startSpan('a', undefined, AGENT).end();
    expect(said).toEqual(['[spanledger] a span could not be processed: no (turn-processor)']);
  });

  it('takes its copy when the span ends, and changes nothing on the span', async () => {
    const { rows, processor, startSpan } = setUp();
    const span = startSpan('a', undefined, AGENT);
    const shared = ['x'];
    span.setAttributes({ 'user.id': 'before', shared });
    span.end();
    shared.push('y');
    Reflect.set(span, 'attributes', { ...AGENT, 'user.id': 'after' });
    await processor.forceFlush();
    expect(rows[0]?.user_id).toBe('before');
    expect(Object.isFrozen(shared)).toBe(false);
  });

  it('writes turns between the work of the host, without being asked', async () => {
    const { rows, startSpan } = setUp();
    for (let i = 0; i < 100; i += 1) startSpan('a', undefined, AGENT).end();
    expect(rows).toHaveLength(0);
    while (rows.length < 100) await new Promise((resolve) => setImmediate(resolve));
    expect(rows).toHaveLength(100);
  });

  it('writes open turns as incomplete at shutdown, once, and ignores what comes after', async () => {
    const { rows, provider, processor, startSpan } = setUp();
    const open = startSpan('a', undefined, AGENT);
    await Promise.all([provider.shutdown(), processor.shutdown()]);
    open.end();
    startSpan('b', undefined, AGENT).end();
    await processor.forceFlush();
    expect(rows.map(({ complete, incomplete_reason }) => ({ complete, incomplete_reason }))).toEqual([
      { complete: false, incomplete_reason: 'root_open' },
    ]);
  });

  it('says of an unsampled turn that it was not sampled', async () => {
    const { rows, processor } = setUp();
    const provider = new BasicTracerProvider({
      spanProcessors: [processor],
      sampler: { shouldSample: () => ({ decision: 1 }), toString: () => 'record only' },
    });
    provider.getTracer('test').startSpan('a', { attributes: AGENT }).end();
    await processor.forceFlush();
    expect(rows[0]?.sampled).toBe(false);
  });
});

function callsOf(n: number): number {
  return 1 + (n % 3);
}

/** One turn, a step at a time: an agent, its model calls with a tool between each two. */
function* turnSteps(startSpan: (name: string, parent?: Span, attributes?: object) => Span, n: number): Generator<void> {
  const text = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  const agent = startSpan('invoke_agent', undefined, {
    ...AGENT,
    'gen_ai.agent.name': `agent-${n % 3}`,
    'user.id': `user-${n % 7}`,
    'session.id': `session-${n % 11}`,
    'gen_ai.input.messages': text('user', `q${n}`),
  });
  yield;
  for (let call = 0; call < callsOf(n); call += 1) {
    const chat = startSpan('chat', agent, { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' });
    yield;
    chat.setAttributes({
      'gen_ai.usage.input_tokens': n + (call === 0 ? 1 : 0),
      'gen_ai.usage.output_tokens': 2,
      'gen_ai.usage.reasoning.output_tokens': 1,
      'gen_ai.output.messages': text('assistant', `r${n}`),
    });
    chat.end();
    yield;
    if (call === callsOf(n) - 1) break;
    const tool = startSpan('execute_tool', agent, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'shared_tool',
    });
    yield;
    tool.end();
    yield;
  }
  agent.end();
}
