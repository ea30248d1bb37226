import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOtlpStream } from '../../src/otlp/read-otlp-stream.ts';
import { cases } from '../support/property-seed.ts';

interface Span {
  readonly spanId: string;
}

const request = (...spans: readonly Span[]) => ({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'ñ' }, spans }] }],
});

/** Reads the text in chunks of `chunkBytes`. */
async function read(text: string, chunkBytes = 65_536): Promise<{ spans: unknown[]; problems: string[] }> {
  const bytes = Buffer.from(text);
  const chunks = (async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  })();
  const problems: string[] = [];
  const spans: unknown[] = [];
  for await (const read of readOtlpStream(chunks, (problem) => problems.push(problem))) {
    for (const { scopeSpans } of (read as ReturnType<typeof request>).resourceSpans) {
      for (const { scope, spans: inScope } of scopeSpans) {
        expect(scope).toEqual({ name: 'ñ' });
        spans.push(...inScope);
      }
    }
  }
  return { spans, problems };
}

const ids = (...spanIds: readonly string[]): Span[] => spanIds.map((spanId) => ({ spanId }));
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
const line = (...spanIds: readonly string[]): string => JSON.stringify(request(...ids(...spanIds)));

test.each([
  { name: 'one line without an end', text: line('a', 'b'), spans: ids('a', 'b') },
  { name: 'one request a line', text: `${line('a')}\n${line('b')}\n`, spans: ids('a', 'b') },
  { name: 'blank lines and Windows line ends', text: `\r\n${line('a')}\r\n\r\n${line('b')}\r\n`, spans: ids('a', 'b') },
  { name: 'a pretty-printed document', text: pretty(request(...ids('a', 'b'))), spans: ids('a', 'b') },
  {
    name: 'pretty-printed documents in a row',
    text: `${pretty(request(...ids('a')))}\n${pretty(request(...ids('b')))}`,
    spans: ids('a', 'b'),
  },
  { name: 'a byte order mark', text: `\uFEFF${line('a')}`, spans: ids('a') },
  {
    name: 'a byte order mark before a pretty-printed document',
    text: `\uFEFF${pretty(request(...ids('a')))}`,
    spans: ids('a'),
  },
  { name: 'a request without spans', text: '{"resourceSpans":[]}\n', spans: [] },
])('reads $name', async ({ text, spans }) => {
  expect(await read(text)).toEqual({ spans, problems: [] });
});

test.each([
  { name: 'nothing', text: '', problems: ['is empty'], spans: [] },
  { name: 'white space', text: ' \n\n ', problems: ['is empty'], spans: [] },
  { name: 'text', text: 'secret words', problems: ['is not JSON from byte 0'], spans: [] },
  {
    name: 'other JSON',
    text: '{"records":[]}',
    problems: ['line 1 has no spans: not an OTLP/JSON trace export'],
    spans: [],
  },
  {
    name: 'other pretty JSON',
    text: pretty({ records: [1] }),
    problems: ['has no spans: not an OTLP/JSON trace export'],
    spans: [],
  },
  {
    name: 'a bad line between good ones',
    text: `${line('a')}\n{"resour\n${line('b')}`,
    problems: ['line 2 is not JSON'],
    spans: ids('a', 'b'),
  },
  {
    name: 'a truncated last line',
    text: `${line('a')}\n${line('b').slice(0, -9)}`,
    problems: ['line 2 is not JSON'],
    spans: ids('a'),
  },
  {
    name: 'a truncated document',
    text: line('a', 'b').slice(0, -7),
    problems: ['is truncated: it ends inside a JSON value'],
    spans: ids('a'),
  },
  {
    name: 'rubbish inside a document',
    text: pretty(request(...ids('a', 'b'))).replace('"b"', 'oops'),
    problems: [expect.stringMatching(/^is not JSON from byte \d+$/)],
    spans: ids('a'),
  },
])('says what is wrong with $name, and reads what can be read', async ({ text, problems, spans }) => {
  expect(await read(text)).toEqual({ spans, problems });
});

test('never quotes the content', async () => {
  for (const text of ['secret', '{"secret', `${line('a')}\n{"secret": tru`, '{"secret":1}']) {
    const { problems } = await read(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('secret');
  }
});

test('a line that is too large to hold is read span by span', async () => {
  const large = request(...Array.from({ length: 900 }, (_, i) => ({ spanId: `${i}`, text: 'x'.repeat(10_000) })));
  const { spans, problems } = await read(`${JSON.stringify(large)}\n${line('after')}\n`);
  expect(problems).toEqual([]);
  expect(spans).toHaveLength(901);
});

test('the bounds of chunks do not matter', async () => {
  const text = `${line('a', 'ü')}\n\n${line('b')}\n`;
  const document = pretty(request(...ids('a', 'ü', 'b')));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.constantFrom(text, document), async (chunkBytes, input) => {
      expect(await read(input, chunkBytes)).toEqual({ spans: ids('a', 'ü', 'b'), problems: [] });
    }),
    { numRuns: cases(60) },
  );
});
