import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { Attributes, AttributeValue, SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { captureNames, loadCapture, spansOf } from '../support/dialect-capture.ts';
import { expectValidRow } from '../support/expect-valid-row.ts';
import { cases } from '../support/property-seed.ts';
import { recordOf } from '../support/record-of.ts';
import { sampleSpan } from '../support/span-snapshot-builder.ts';

const DEEP = 10_000;
const deepList = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;
const deepMessages = `${'{"messages":['.repeat(DEEP)}"x"${']}'.repeat(DEEP)}`;
const deepParts = `[{"role":"user","content":${'[{"type":"text","content":'.repeat(DEEP)}"x"${'}]'.repeat(DEEP)}}]`;

const HOSTILE: readonly AttributeValue[] = [
  'lone \ud800 surrogate',
  'nul \u0000 here',
  '\u202eright to left 👩‍👩‍👧 e\u0301',
  'line\r\n\u001b[31mred',
  '',
  '{"broken": ',
  '{"__proto__":{"polluted":true},"messages":[{"role":"user","content":"x","__proto__":{"role":"system"}}]}',
  '[{"role":"user","content":"\\ud800"}]',
  '[null,{"role":null},{"role":"user","content":{"parts":[null,{"text":7}]}}]',
  '{"input":-1,"output":1.5,"total":"7","input_cached_tokens":9007199254740993}',
  deepList,
  deepMessages,
  deepParts,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  -5,
  1.5,
  '12',
  '-3',
  '9007199254740993',
  9_007_199_254_740_992,
  Number.MAX_SAFE_INTEGER,
  true,
  null,
  ['stop', 7, null, ['deep']],
  { text: 'structured', role: 'user' },
];

/** One capture of each vocabulary. */
const ONE_OF_EACH = [
  'ai-sdk-6.0.326-toolloop',
  'ai-sdk-7.0.173-toolloop',
  'genai-handmade-current-paralleltools',
  'genai-handmade-flattened-paralleltools',
  'genai-handmade-oldevents-paralleltools',
  'google-adk-2.0.0-toolloop',
  'langfuse-5.11.1-toolloop',
  'langsmith-0.12.0-chat-paralleltools',
  'mastra-1.71.0-exporter-paralleltools',
  'openinference-langchain-4.1.1-toolloop',
  'openlit-openai-1.15.0-chat-trace-paralleltools',
  'sentry-openai-10.78.0-agent-paralleltools',
  'traceloop-openai-0.27.0-chat-agent-toolloop',
];

const KEYS = [...new Set(captureNames().flatMap((name) => spansOf(loadCapture(name)).flatMap(attributeKeys)))];

function attributeKeys(span: SpanSnapshot): readonly string[] {
  return Object.keys(span.attributes);
}

function rowOf(spans: readonly SpanSnapshot[]): void {
  for (const turn of buildTurns(spans, classifySpan)) expectValidRow(recordOf(turn));
}

function withAttributes(span: SpanSnapshot, attributes: Attributes): SpanSnapshot {
  return { ...span, attributes: { ...span.attributes, ...attributes } };
}

describe('hostile attribute values', () => {
  it.each(HOSTILE.map((value) => ({ label: JSON.stringify(value)?.slice(0, 40), value })))(
    'in every attribute of every dialect: $label',
    ({ value }) => {
      for (const name of ONE_OF_EACH) {
        const spans = spansOf(loadCapture(name));
        for (const [index, span] of spans.entries()) {
          const hostile: Attributes = Object.fromEntries(attributeKeys(span).map((key) => [key, value]));
          rowOf(spans.with(index, { ...span, attributes: hostile }));
        }
      }
    },
  );

  it('in any mixture', () => {
    const anyValue = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.double(), fc.integer());
    const anyAttributes = fc.dictionary(fc.constantFrom(...KEYS, '__proto__', 'constructor'), anyValue, {
      minKeys: 1,
      maxKeys: 12,
    });
    const anySpan = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      parent: fc.constantFrom('a', 'b', 'x'),
      start: fc.integer({ min: 0, max: 50 }),
      end: fc.integer({ min: 0, max: 50 }),
      attributes: anyAttributes,
      name: fc.constantFrom('call_llm', 'invoke_agent x', 'execute_tool (merged)', 'zip.create', 'x'),
      scope: fc.constantFrom('gcp.vertex.agent', 'gen_ai', '@traceloop/x', 'openlit', 'ai'),
    });
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: 1, maxLength: 8 }), (spans) => {
        rowOf(
          spans.map(({ name, scope, ...span }) => {
            return { ...sampleSpan(span), name, scope: { name: scope, version: undefined } };
          }),
        );
      }),
      { numRuns: cases(300) },
    );
  });
});

describe('hostile times', () => {
  const base = withAttributes(sampleSpan({ id: 'a' }), { 'gen_ai.operation.name': 'invoke_agent' });
  const rows = (start: bigint, end: bigint | undefined): ReturnType<typeof recordOf>[] => {
    const span = { ...base, startTimeUnixNano: start, endTimeUnixNano: end };
    return buildTurns([span], classifySpan).map((turn) => recordOf(turn));
  };

  it('writes a time before 1970', () => {
    const [row] = rows(-1n, 1n);
    expect(row).toMatchObject({ timestamp: '1969-12-31T23:59:59.999999Z', day_of_week: 3, hour_of_day: 23 });
  });

  it('puts the nearest storable time into the required column where the year is none of BigQuery’s', () => {
    const [late] = rows(253_402_300_800_000_000_000n, 253_402_300_801_000_000_000n);
    expect(late).toMatchObject({
      timestamp: '9999-12-31T23:59:59.999999Z',
      start_timestamp: null,
      end_timestamp: null,
      date_partition: null,
      hour_of_day: null,
      duration_ms: 1000,
    });
    const [early] = rows(-(10n ** 30n), undefined);
    expect(early).toMatchObject({ timestamp: '0001-01-01T00:00:00.000000Z', start_timestamp: null });
    for (const row of [late, early]) if (row !== undefined) expectValidRow(row);
  });

  it('gives no duration to a turn that ends before it starts', () => {
    expect(rows(2_000_000n, 1_000_000n)[0]).toMatchObject({ duration_ms: null, response_time_ms: null });
  });
});

describe('size', () => {
  it('reads 5,000 children, and a chain of 5,000', () => {
    const root = withAttributes(sampleSpan({ id: 'root', end: 9000 }), { 'gen_ai.operation.name': 'invoke_agent' });
    const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 2, 'gen_ai.usage.output_tokens': 1 };
    const many = Array.from({ length: 5000 }, (_, i) =>
      withAttributes(sampleSpan({ id: `s${i}`, parent: 'root', start: i }), call),
    );
    const [wide] = buildTurns([root, ...many], classifySpan).map((turn) => recordOf(turn));
    expect(wide).toMatchObject({ model_call_count: 5000, total_token_count: 15_000 });
    const chain = many.map((span, i) => ({ ...span, parentSpanId: i === 0 ? root.spanId : many[i - 1]?.spanId }));
    const [deep] = buildTurns([root, ...chain], classifySpan).map((turn) => recordOf(turn));
    // Each encloses the next: one call as 5,000 views show it.
    expect(deep).toMatchObject({ model_call_count: 1, total_token_count: 3 });
  });
});

describe('breadth', () => {
  it('reads lists far longer than an argument list can be', () => {
    const wide = (item: string): string => `[${new Array(200_000).fill(item).join(',')}]`;
    const requests = `[{"role":"assistant","tool_calls":${wide('{"id":"c","name":"t"}')}}]`;
    const details = `{"input":1,"output":1,${Array.from({ length: 200_000 }, (_, i) => `"cached${i}":1`).join(',')}}`;
    const root = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.input.messages': wide('"x"') };
    const calls = [
      { 'gen_ai.operation.name': 'chat', 'gen_ai.output.messages': requests },
      { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': requests },
      { 'langfuse.observation.type': 'generation', 'langfuse.observation.usage_details': details },
      { 'traceloop.span.kind': 'task', 'traceloop.entity.output': `{"usage_metadata":1,"x":${wide('{}')}}` },
    ];
    const children = calls.map((attributes, i) =>
      withAttributes(sampleSpan({ id: `c${i}`, parent: 'root', start: i }), attributes),
    );
    rowOf([withAttributes(sampleSpan({ id: 'root' }), root), ...children]);
  });
});
