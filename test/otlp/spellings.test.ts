import { describe, expect, it } from 'vitest';
import { parseOtlpJson } from '../../src/otlp/parse-otlp-json.ts';
import { readOtlpStream } from '../../src/otlp/read-otlp-stream.ts';
import { splitByTrace } from '../../src/otlp/split-by-trace.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';

const request = (id: string) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: `service-${id}` } }] },
      scopeSpans: [
        {
          scope: { name: 'a', version: '1' },
          spans: [
            {
              traceId: id.repeat(32),
              spanId: id.repeat(16),
              parentSpanId: '9'.repeat(16),
              name: 'chat',
              kind: 3,
              startTimeUnixNano: '1',
              endTimeUnixNano: '2',
              droppedAttributesCount: 1,
              attributes: [
                { key: 'text', value: { stringValue: 'x' } },
                { key: 'count', value: { intValue: '9007199254740993' } },
                { key: 'part', value: { doubleValue: 0.5 } },
                { key: 'flag', value: { boolValue: true } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: 'y' }] } } },
                { key: 'map', value: { kvlistValue: { values: [{ key: 'k_y', value: { intValue: 1 } }] } } },
              ],
              events: [{ name: 'e', timeUnixNano: '1', attributes: [] }],
            },
          ],
        },
      ],
    },
  ],
});

/** The same value with every field named anew; values stay. */
function rename(value: unknown, name: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [name(key), rename(each, name)]));
}

const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const before019 = (key: string): string =>
  key === 'scopeSpans' ? 'instrumentationLibrarySpans' : key === 'scope' ? 'instrumentationLibrary' : key;

async function spansOf(text: string): Promise<readonly SpanSnapshot[]> {
  const problems: string[] = [];
  const spans: SpanSnapshot[] = [];
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  for await (const each of readOtlpStream(chunks, (problem) => problems.push(problem))) {
    for (const part of splitByTrace(each).values()) spans.push(...parseOtlpJson(part).spans);
  }
  expect(problems).toEqual([]);
  return spans;
}

describe.each([
  ['in one line', (value: unknown) => JSON.stringify(value)],
  ['over many lines', (value: unknown) => JSON.stringify(value, undefined, 2)],
])('%s, a request is the same', (_, write) => {
  const expected = spansOf(JSON.stringify(request('1')));

  it.each([
    ['as it was before OTLP 0.19', (key: string) => before019(key)],
    ['in the names of the protocol’s file', snake],
    ['in both', (key: string) => snake(before019(key))],
  ])('%s', async (__, name) => {
    expect(await spansOf(write(rename(request('1'), name)))).toEqual(await expected);
  });

  it('in an array of several', async () => {
    const [first, second] = [await expected, await spansOf(JSON.stringify(request('2')))];
    expect(first).toHaveLength(1);
    expect(await spansOf(write([request('1'), rename(request('2'), snake)]))).toEqual([...first, ...second]);
  });
});

it('attribute keys are never renamed', async () => {
  const [span] = await spansOf(JSON.stringify(rename(request('1'), snake)));
  expect(span?.attributes.map).toEqual({ k_y: 1 });
});
