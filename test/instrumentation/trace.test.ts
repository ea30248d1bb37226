import { readFileSync } from 'node:fs';
import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { traceAgent, traceModelCall, traceTool } from '../../src/index.ts';
import { readTurnBaggage } from '../../src/instrumentation/turn-baggage.ts';

const finished = new InMemorySpanExporter();

beforeAll(() => new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(finished)] }).register());
beforeEach(() => finished.reset());
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

function onlySpan() {
  const spans = finished.getFinishedSpans();
  expect(spans).toHaveLength(1);
  return spans[0] ?? expect.fail();
}

const wrappers = [
  ['traceAgent', (work: () => unknown) => traceAgent({ name: 'a' }, work), 'invoke_agent a'],
  ['traceModelCall', (work: () => unknown) => traceModelCall({ model: 'm' }, work), 'chat m'],
  ['traceTool', (work: () => unknown) => traceTool({ name: 't' }, work), 'execute_tool t'],
] as const;

describe.each(wrappers)('%s', (_, wrap, name) => {
  it('gives back what the work returns, as it is', async () => {
    const value = { some: 'object' };
    expect(wrap(() => value)).toBe(value);
    const promise = Promise.resolve(value);
    expect(wrap(() => promise)).toBe(promise);
    expect(await wrap(async () => value)).toBe(value);
    expect(finished.getFinishedSpans().map((span) => span.name)).toEqual([name, name, name]);
  });

  it('ends its span when the promise settles, not before', async () => {
    let finish: () => void = () => undefined;
    const running = wrap(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(finished.getFinishedSpans()).toHaveLength(0);
    finish();
    await running;
    onlySpan();
  });

  it.each([
    ['an error', new RangeError('no more paper'), 'RangeError', 'no more paper'],
    ['a text', 'just text', '_OTHER', 'just text'],
    ['nothing', undefined, '_OTHER', 'undefined'],
    ['an object that cannot be shown', { toString: () => expect.fail() }, '_OTHER', 'unknown error'],
  ])('passes %s through untouched, thrown or rejected, and records it', async (__, thrown, type, message) => {
    const caught: unknown[] = [];
    try {
      wrap(() => {
        throw thrown;
      });
    } catch (error) {
      caught.push(error);
    }
    await Promise.resolve(wrap(() => Promise.reject(thrown))).catch((error: unknown) => caught.push(error));
    expect(caught).toEqual([thrown, thrown]);
    expect(caught.every((error) => error === thrown)).toBe(true);
    for (const span of finished.getFinishedSpans()) {
      expect(span.status).toEqual({ code: 2, message });
      expect(span.attributes['error.type']).toBe(type);
      expect(span.events.map((event) => event.name)).toEqual(['exception']);
    }
  });

  it('is the parent of what runs within, through awaits', async () => {
    await wrap(async () => {
      await Promise.resolve();
      traceTool({ name: 'inner' }, () => undefined);
    });
    const [inner, outer] = finished.getFinishedSpans();
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });
});

describe('traceAgent', () => {
  it('says what it is told, and nothing else', () => {
    traceAgent(
      {
        name: 'a',
        question: 'q?',
        conversationId: 'c',
        sessionId: 's',
        userId: 'u',
        apiVersion: '2',
        client: { platform: 'web' },
      },
      (agent) => {
        agent.setAnswer('first');
        agent.setAnswer('last');
        agent.setRawMcpResponse('{}');
      },
    );
    expect(onlySpan().attributes).toEqual({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'a',
      'gen_ai.conversation.id': 'c',
      'session.id': 's',
      'user.id': 'u',
      'spanledger.api_version': '2',
      'spanledger.client_info.platform': 'web',
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"q?"}]}]',
      'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"last"}]}]',
      'spanledger.raw_mcp_response': '{}',
    });
  });

  it('names the topmost turn in baggage', () => {
    const named = traceAgent({ name: 'a' }, () =>
      traceAgent({ name: 'nested' }, () => readTurnBaggage(context.active())),
    );
    const outer = finished.getFinishedSpans().at(-1);
    const { traceId, spanId } = outer?.spanContext() ?? expect.fail();
    const [seconds, nanos] = outer?.startTime ?? expect.fail();
    expect(named).toEqual({
      'spanledger.message_id': `${traceId}-${spanId}`,
      'spanledger.turn_start': seconds * 1_000 + Math.floor(nanos / 1_000_000),
    });
  });
});

describe('traceModelCall', () => {
  it('leaves out what the provider does not report', () => {
    traceModelCall({ model: 'm', provider: 'openai' }, (call) => {
      call.setUsage({ inputTokens: 5, cachedInputTokens: 0 });
      call.setFinishReasons(['stop']);
      call.setResponseModel('m-1');
    });
    expect(onlySpan().attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm',
      'gen_ai.provider.name': 'openai',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.model': 'm-1',
    });
  });

  it('marks the first chunk once', () => {
    const marks: unknown[] = [];
    traceModelCall({ model: 'm' }, (call) => {
      for (let chunk = 0; chunk < 3; chunk += 1) {
        call.markFirstChunk();
        marks.push(Reflect.get(call.span, 'attributes')['gen_ai.response.time_to_first_chunk']);
      }
    });
    expect(marks[0]).toEqual(expect.any(Number));
    expect(new Set(marks).size).toBe(1);
  });
});

it('names the version of the package on its spans', () => {
  traceTool({ name: 't' }, () => undefined);
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(onlySpan().instrumentationScope).toMatchObject({ name: 'spanledger', version: manifest.version });
});

it('works where nothing records', () => {
  trace.disable();
  expect(traceAgent({ name: 'a' }, () => traceModelCall({ model: 'm' }, () => traceTool({ name: 't' }, () => 7)))).toBe(
    7,
  );
});
