import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { SpanNode, Turn } from '../../src/spans/turn.ts';
import { type KeepRules, TurnKeeper, type TurnOutcome } from '../../src/traces/turn-keeper.ts';

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

/** A turn's outcome; `millis` from its start to its end. */
function outcome(turn: Turn, success: boolean | undefined, millis: number | undefined = 10): TurnOutcome {
  const endTimeUnixNano = millis === undefined ? undefined : BigInt(millis) * 1_000_000n;
  return { turn, success, startTimeUnixNano: 0n, endTimeUnixNano };
}

const failed = (turn: Turn): TurnOutcome => outcome(turn, false);
const slow = (turn: Turn): TurnOutcome => outcome(turn, true, 5_000);
const fine = (turn: Turn): TurnOutcome => outcome(turn, true);

describe('TurnKeeper', () => {
  it.each([
    ['a failed turn by the rule for errors', { errors: true }, failed, true],
    ['a slow turn by its rule', { slowerThanMillis: 5_000 }, slow, true],
    ['no quick turn', { errors: true, slowerThanMillis: 5_001 }, slow, false],
    ['no turn that answered', { errors: true }, fine, false],
    [
      'no turn whose outcome is not known',
      { errors: true },
      (turn: Turn) => outcome(turn, undefined, undefined),
      false,
    ],
    ['nothing without rules', {}, failed, false],
  ])('keeps %s', (_, rules, end, kept) => {
    const { keeper, ids } = setUp(rules);
    expect(keeper.keep(end(turnOf([snapshot('r'), snapshot('c')])))).toBe(kept);
    expect(ids()).toEqual(kept ? ['r', 'c'] : []);
  });

  it('sends each span once, and only what ended and was not sampled', () => {
    const { keeper, ids } = setUp({ errors: true });
    const spans = [
      snapshot('r'),
      snapshot('open', { endTimeUnixNano: undefined }),
      snapshot('sent', { sampled: true }),
    ];
    keeper.keep(failed(turnOf(spans, [snapshot('invocation'), snapshot('http', { endTimeUnixNano: undefined })])));
    expect(ids()).toEqual(['r', 'invocation']);
    keeper.keep(fine(turnOf([...spans, snapshot('late')], [], 2)));
    expect(ids()).toEqual(['r', 'invocation', 'late']);
  });

  it('has nothing to do for a sampled turn', () => {
    const { keeper, exported } = setUp({ errors: true });
    expect(keeper.keep(failed(turnOf([snapshot('r', { sampled: true })])))).toBe(true);
    expect(exported).toEqual([]);
  });

  it('sends spans as an exporter takes them', () => {
    const { keeper, exported } = setUp({ errors: true });
    const event = { name: 'exception', timeUnixNano: 2_000_000_000n, attributes: { 'exception.type': 'E' } };
    keeper.keep(failed(turnOf([snapshot('r', { parentSpanId: 'p', events: [event] })])));
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
    const named = (turn: number, version = 1): Turn => ({
      ...turnOf([snapshot('r')], [], version),
      rootSpanId: `${turn}`,
    });
    for (let turn = 0; turn <= 1_000; turn += 1) keeper.keep(failed(named(turn)));
    keeper.keep(failed(named(1_000, 2)));
    expect(exported).toHaveLength(1_001);
    keeper.keep(failed(named(0, 2)));
    expect(exported).toHaveLength(1_002);
  });
});
