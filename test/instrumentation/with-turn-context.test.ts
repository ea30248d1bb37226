import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { withTurnContext } from '../../src/instrumentation/with-turn-context.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { TurnProcessor } from '../../src/spans/turn-processor.ts';
import { recordOf } from '../support/record-of.ts';
import { exporterTo } from '../support/turn-exporter.ts';

afterEach(() => {
  trace.disable();
  context.disable();
});

function setUp() {
  const records: ConversationRecord[] = [];
  const exported = new InMemorySpanExporter();
  const processor = new TurnProcessor({
    exporter: async () => exporterTo((turn) => records.push(recordOf(turn))),
    classify: classifySpan,
    diagnostics: createDiagnostics({ write: () => undefined }),
  });
  const provider = new NodeTracerProvider({ spanProcessors: [processor, new SimpleSpanProcessor(exported)] });
  // For its context manager, which is the API's.
  provider.register();
  const tracer = provider.getTracer('framework');
  /** What a framework does, which knows nothing of the call around it. */
  const runAgent = async (attributes: Record<string, string> = {}): Promise<void> => {
    const all = { 'gen_ai.operation.name': 'invoke_agent', ...attributes };
    await tracer.startActiveSpan('invoke_agent a', { attributes: all }, async (span) => {
      await new Promise((resolve) => setImmediate(resolve));
      tracer
        .startSpan('chat m', { attributes: { 'gen_ai.operation.name': 'chat', 'user.id': 'of-the-framework' } })
        .end();
      span.end();
    });
    await processor.forceFlush();
  };
  return { records, exported, processor, tracer, runAgent };
}

describe('withTurnContext', () => {
  it('gives the row its ids, over those of the spans, and leaves the spans as they are', async () => {
    const { records, exported, runAgent } = setUp();
    const result = await withTurnContext({ userId: 'ana', sessionId: 's', conversationId: 'c' }, async () => {
      await runAgent({ 'session.id': 'of-the-framework' });
      return 'result';
    });
    expect(result).toBe('result');
    expect(records).toMatchObject([{ user_id: 'ana', session_id: 's', conversation_id: 'c' }]);
    const keys = exported.getFinishedSpans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => key.startsWith('spanledger'))).toEqual([]);
  });

  it('keeps two users apart who ask at the same time', async () => {
    const { records, runAgent } = setUp();
    await Promise.all(['ana', 'bruno'].map((userId) => withTurnContext({ userId }, () => runAgent())));
    expect(records.map(({ user_id }) => user_id).sort()).toEqual(['ana', 'bruno']);
  });

  it('adds to a call around it, says nothing where nothing is given, and ends with its work', async () => {
    const { records, runAgent } = setUp();
    await withTurnContext({ userId: 'ana', sessionId: 's' }, () =>
      withTurnContext({ sessionId: 't', userId: undefined }, () => runAgent()),
    );
    await runAgent({ 'user.id': 'of-the-framework' });
    expect(records).toMatchObject([
      { user_id: 'ana', session_id: 't' },
      { user_id: 'of-the-framework', session_id: null },
    ]);
  });

  it('counts for the whole turn where it is called within it', async () => {
    const { records, processor, tracer } = setUp();
    const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'user.id': 'of-the-framework' };
    tracer.startActiveSpan('invoke_agent a', { attributes }, (span) => {
      withTurnContext({ userId: 'ana' }, () => tracer.startSpan('execute_tool t').end());
      span.end();
    });
    await processor.forceFlush();
    expect(records).toMatchObject([{ user_id: 'ana' }]);
  });

  it('passes errors through', () => {
    const error = new RangeError('of the host');
    const fail = (): never => {
      throw error;
    };
    expect(() => withTurnContext({ userId: 'ana' }, fail)).toThrow(error);
  });
});
