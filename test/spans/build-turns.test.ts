import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { SpanNode, Turn } from '../../src/spans/turn.ts';
import { walk } from '../../src/spans/walk.ts';
import { type SampleSpan, sampleRole, sampleSpan } from '../support/span-snapshot-builder.ts';

function turnsOf(...spans: SampleSpan[]): Turn[] {
  return buildTurns(spans.map(sampleSpan), sampleRole);
}

/** `a(b,c(d))`; several roots with `+`; ancestors behind `<`, nearest first. */
function show(turn: Turn): string {
  const above = turn.ancestors.map((span) => ` < ${span.name}`).join('');
  const reason = turn.incompleteReason === undefined ? '' : ` !${turn.incompleteReason}`;
  return `${turn.roots.map(showNode).join(' + ')}${above}${reason}`;
}

function showNode(node: SpanNode): string {
  const below = node.children.map(showNode).join(',');
  return below === '' ? node.span.name : `${node.span.name}(${below})`;
}

const cases: [what: string, spans: SampleSpan[], turns: string[]][] = [
  ['nothing', [], []],
  ['spans of nobody', [{ id: 'http' }, { id: 'db', parent: 'http' }], []],
  ['an agent alone', [{ id: 'a', role: 'agent' }], ['a']],
  [
    'an agent with calls in start order',
    [
      { id: 'c', parent: 'a', role: 'genai', start: 5 },
      { id: 'b', parent: 'a', role: 'genai', start: 2 },
      { id: 'a', role: 'agent' },
    ],
    ['a(b,c)'],
  ],
  [
    'siblings that start together keep the order of arrival',
    [
      { id: 'z', parent: 'a', role: 'genai' },
      { id: 'b', parent: 'a', role: 'genai' },
      { id: 'a', role: 'agent' },
    ],
    ['a(z,b)'],
  ],
  [
    'a nested agent belongs to the topmost one',
    [
      { id: 'a', role: 'agent' },
      { id: 't', parent: 'a' },
      { id: 'b', parent: 't', role: 'agent' },
    ],
    ['a(t(b))'],
  ],
  [
    'several turns under one job, ancestors nearest first',
    [
      { id: 'job', end: null },
      { id: 'step', parent: 'job' },
      { id: 'b', parent: 'job', role: 'agent', start: 9 },
      { id: 'a', parent: 'step', role: 'agent', start: 1 },
    ],
    ['a < step < job', 'b < job'],
  ],
  [
    'without an agent, the topmost GenAI spans under one local root are one turn',
    [
      { id: 'http' },
      { id: 'chat1', parent: 'http', role: 'genai', start: 1 },
      { id: 'inner', parent: 'chat1', role: 'genai', start: 2 },
      { id: 'chat2', parent: 'http', role: 'genai', start: 3 },
    ],
    ['chat1(inner) + chat2 < http'],
  ],
  [
    'beside an agent, other GenAI spans make no turn',
    [{ id: 'http' }, { id: 'a', parent: 'http', role: 'agent' }, { id: 'title', parent: 'http', role: 'genai' }],
    ['a < http'],
  ],
  ['a ZIP alone is no turn', [{ id: 'zip', role: 'part' }], []],
  [
    'orphans of one missing parent are one turn',
    [
      { id: 'x', parent: 'lost', role: 'genai', start: 1 },
      { id: 'y', parent: 'lost', role: 'genai', start: 2 },
    ],
    ['x + y !parent_missing'],
  ],
  [
    'orphans of different parents are different turns',
    [
      { id: 'x', parent: 'lost', role: 'genai', start: 1 },
      { id: 'y', parent: 'gone', role: 'genai', start: 2 },
    ],
    ['x !parent_missing', 'y !parent_missing'],
  ],
  [
    'orphans that hold agents are turns of their own',
    [
      { id: 'x', parent: 'lost', start: 1 },
      { id: 'a', parent: 'x', role: 'agent', start: 2 },
      { id: 'b', parent: 'lost', role: 'agent', start: 3 },
    ],
    ['a < x', 'b'],
  ],
  [
    'orphans whose agent was used as a tool are one turn',
    [
      { id: 'x', parent: 'lost', role: 'genai', start: 1 },
      { id: 't', parent: 'lost', role: 'tool', start: 2 },
      { id: 'a', parent: 't', role: 'agent', start: 3 },
      { id: 'y', parent: 'lost', role: 'genai', start: 4 },
    ],
    ['x + t(a) + y !parent_missing'],
  ],
  [
    'an agent below a tool whose caller is remote is a turn',
    [
      { id: 't', parent: 'far', remote: true, role: 'tool', start: 1 },
      { id: 'a', parent: 't', role: 'agent', start: 2 },
    ],
    ['a < t'],
  ],
  [
    'a remote parent bounds the local trace, even where its span is at hand',
    [
      { id: 'client', role: 'agent' },
      { id: 'server', parent: 'client', remote: true, role: 'agent', start: 1 },
      { id: 'call', parent: 'server', role: 'genai', start: 2 },
    ],
    ['client', 'server(call)'],
  ],
  [
    'two requests of one remote caller are two turns',
    [
      { id: 'x', parent: 'far', remote: true, role: 'genai', start: 1 },
      { id: 'y', parent: 'far', remote: true, role: 'genai', start: 2 },
    ],
    ['x', 'y'],
  ],
  ['an open root', [{ id: 'a', role: 'agent', end: null }], ['a !root_open']],
  [
    'an open span below',
    [
      { id: 'a', role: 'agent' },
      { id: 'b', parent: 'a', end: null },
    ],
    ['a(b) !span_open'],
  ],
  ['its own parent', [{ id: 'a', parent: 'a', role: 'genai' }], ['a !parent_missing']],
  [
    'a cycle is cut above its earliest span',
    [
      { id: 'a', parent: 'c', role: 'genai', start: 3 },
      { id: 'b', parent: 'a', role: 'genai', start: 1 },
      { id: 'c', parent: 'b', role: 'genai', start: 2 },
      { id: 'd', parent: 'c', role: 'genai', start: 4 },
    ],
    ['b(c(a,d)) !parent_missing'],
  ],
  [
    'one id twice: the one that ended last',
    [
      { id: 'a', role: 'agent', end: 10 },
      { id: 'a', role: 'agent', end: 30, attributes: { longer: true } },
      { id: 'a', role: 'agent', end: null },
    ],
    ['a'],
  ],
  [
    'two traces never mix',
    [
      { id: 'a', role: 'agent', trace: '1', start: 2 },
      { id: 'b', parent: 'a', role: 'genai', trace: '2', start: 1 },
    ],
    ['b !parent_missing', 'a'],
  ],
];

describe('buildTurns', () => {
  it.each(cases)('%s', (_, spans, turns) => {
    expect(turnsOf(...spans).map(show)).toEqual(turns);
  });

  it('keeps the longest of spans with one id', () => {
    const [turn] = turnsOf(
      { id: 'a', role: 'agent', end: 30, attributes: { longer: true } },
      { id: 'a', role: 'agent', end: 10 },
    );
    expect(turn?.roots[0].span.attributes.longer).toBe(true);
  });

  it('takes a chain of 50,000 spans and 5,000 children', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) =>
      sampleSpan({ id: `s${i}`, ...(i > 0 && { parent: `s${i - 1}` }), role: i === 0 ? 'agent' : 'genai', start: i }),
    );
    const children = Array.from({ length: 5_000 }, (_, i) => sampleSpan({ id: `k${i}`, parent: 's0', start: i }));
    const [turn] = buildTurns([...chain, ...children].reverse(), sampleRole);
    expect(turn && [...walk(turn.roots[0])]).toHaveLength(55_000);
  });

  it('puts every span into at most one turn, whatever the spans are, in any order of arrival', () => {
    fc.assert(
      fc.property(anySpans, fc.infiniteStream(fc.nat()), (spans, seeds) => {
        const turns = buildTurns(spans, sampleRole);
        const seen = turns.flatMap((turn) => turn.roots.flatMap((root) => [...walk(root)].map(({ span }) => span)));
        expect(new Set(seen).size).toBe(seen.length);
        for (const turn of turns) for (const root of turn.roots) expect(root.span.traceId).toBe(turn.traceId);
        const shuffled = [...spans].map((span) => [seeds.next().value ?? 0, span] as const).sort((a, b) => a[0] - b[0]);
        const again = buildTurns(
          shuffled.map(([, span]) => span),
          sampleRole,
        );
        expect(again.map(show)).toEqual(turns.map(show));
      }),
    );
  });
});

/** Spans with parents at random, cycles and strangers included; no two share an id or a start. */
const anySpans: fc.Arbitrary<SpanSnapshot[]> = fc
  .array(
    fc.record({
      parent: fc.option(fc.nat(24), { nil: undefined }),
      role: fc.constantFrom('agent', 'genai', 'tool', 'part', 'other'),
      trace: fc.constantFrom('1', '2'),
      remote: fc.boolean(),
      open: fc.boolean(),
    }),
    { maxLength: 20 },
  )
  .map((spans) =>
    spans.map(({ parent, role, trace, remote, open }, i) =>
      sampleSpan({
        id: `s${i}`,
        role,
        trace,
        remote,
        start: i,
        ...(parent !== undefined && { parent: `s${parent}` }),
        ...(open && { end: null }),
      }),
    ),
  );
