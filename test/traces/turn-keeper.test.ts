import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { SpanNode, Turn } from '../../src/spans/turn.ts';
import { type KeepRules, TurnKeeper } from '../../src/traces/turn-keeper.ts';

function snapshot(spanId: string, changes: Partial<SpanSnapshot> = {}): SpanSnapshot {
  return {
    traceId: 'a'.repeat(32),
    spanId,
    parentSpanId: undefined,
    parentIsRemote: false,
    name: `span ${spanId}`,
    kind: 0,
    startTimeUnixNano: 1_000_000_007n,
    endTimeUnixNano: 3_500_000_009n,
    status: { code: 'error', message: 'broken' },
    attributes: { text: 'x', list: ['a', 'b'], mixed: ['a', 1], nested: { a: 1 }, nothing: null },
    events: [],
    droppedCount: 0,
    resource: { 'service.name': 's' },
    scope: { name: 'scope', version: '1' },
    sampled: false,
    ...changes,
  };
}

function turnOf(spans: readonly SpanSnapshot[], ancestors: readonly SpanSnapshot[] = [], recordVersion = 1): Turn {
  const [root, ...rest] = spans;
  if (root === undefined) throw new Error('a turn has a root');
  const children: SpanNode[] = rest.map((span) => ({ span, children: [] }));
  return {
    traceId: root.traceId,
    rootSpanId: root.spanId,
    roots: [{ span: root, children }],
    ancestors,
    recordVersion,
    incompleteReason: undefined,
  };
}

function setUp(rules: Partial<KeepRules> = {}) {
  const exported: ReadableSpan[] = [];
  const keeper = new TurnKeeper({
    rules: { errors: false, slowerThanMillis: undefined, ...rules },
    export: (span) => exported.push(span),
  });
  return { exported, keeper, ids: () => exported.map((span) => span.spanContext().spanId) };
}

const FAILED = { message_id: 'm', success: false, duration_ms: 10 };
const SLOW = { message_id: 'm', success: true, duration_ms: 5_000 };
const FINE = { message_id: 'm', success: true, duration_ms: 10 };

describe('TurnKeeper', () => {
  it.each([
    ['a failed turn by the rule for errors', { errors: true }, FAILED, true],
    ['a slow turn by its rule', { slowerThanMillis: 5_000 }, SLOW, true],
    ['no quick turn', { errors: true, slowerThanMillis: 5_001 }, SLOW, false],
    ['no turn that answered', { errors: true }, FINE, false],
    ['no turn whose outcome is not known', { errors: true }, { ...FINE, success: null, duration_ms: null }, false],
    ['nothing without rules', {}, FAILED, false],
  ])('keeps %s', (_, rules, record, kept) => {
    const { keeper, ids } = setUp(rules);
    expect(keeper.keep(turnOf([snapshot('r'), snapshot('c')]), record)).toBe(kept);
    expect(ids()).toEqual(kept ? ['r', 'c'] : []);
  });

  it('sends each span once, and only what ended and was not sampled', () => {
    const { keeper, ids } = setUp({ errors: true });
    const spans = [
      snapshot('r'),
      snapshot('open', { endTimeUnixNano: undefined }),
      snapshot('sent', { sampled: true }),
    ];
    keeper.keep(turnOf(spans, [snapshot('invocation'), snapshot('http', { endTimeUnixNano: undefined })]), FAILED);
    expect(ids()).toEqual(['r', 'invocation']);
    keeper.keep(turnOf([...spans, snapshot('late')], [], 2), FINE);
    expect(ids()).toEqual(['r', 'invocation', 'late']);
  });

  it('has nothing to do for a sampled turn', () => {
    const { keeper, exported } = setUp({ errors: true });
    expect(keeper.keep(turnOf([snapshot('r', { sampled: true })]), FAILED)).toBe(true);
    expect(exported).toEqual([]);
  });

  it('sends spans as an exporter takes them', () => {
    const { keeper, exported } = setUp({ errors: true });
    const event = { name: 'exception', timeUnixNano: 2_000_000_000n, attributes: { 'exception.type': 'E' } };
    keeper.keep(turnOf([snapshot('r', { parentSpanId: 'p', events: [event] })]), FAILED);
    expect(exported[0]).toMatchObject({
      name: 'span r',
      startTime: [1, 7],
      endTime: [3, 500_000_009],
      duration: [2, 500_000_002],
      ended: true,
      status: { code: 2, message: 'broken' },
      parentSpanContext: { spanId: 'p', isRemote: false },
      attributes: { text: 'x', list: ['a', 'b'], mixed: '["a",1]', nested: '{"a":1}' },
      events: [{ name: 'exception', time: [2, 0], attributes: { 'exception.type': 'E' } }],
      instrumentationScope: { name: 'scope', version: '1' },
    });
    expect(exported[0]?.spanContext().traceFlags).toBe(TraceFlags.SAMPLED);
    expect(exported[0]?.resource.attributes).toEqual({ 'service.name': 's' });
  });

  it('forgets the oldest turns', () => {
    const { keeper, exported } = setUp({ errors: true });
    for (let turn = 0; turn <= 1_000; turn += 1)
      keeper.keep(turnOf([snapshot('r')]), { ...FAILED, message_id: `m${turn}` });
    keeper.keep(turnOf([snapshot('r')], [], 2), { ...FAILED, message_id: 'm1000' });
    expect(exported).toHaveLength(1_001);
    keeper.keep(turnOf([snapshot('r')], [], 2), { ...FAILED, message_id: 'm0' });
    expect(exported).toHaveLength(1_002);
  });
});
