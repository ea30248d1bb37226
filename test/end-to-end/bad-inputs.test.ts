import { type Attributes, TraceFlags, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import {
  AGENT,
  CALL,
  type LedgerBench,
  messages,
  openLedgerBench,
  runTurn,
  type TamperedSpan,
  TOOL,
} from '../support/ledger-bench.ts';
import { CUTS_AT_NUL } from '../support/old-sqlite.ts';

// Whatever a host's spans hold or do: a row that the table takes, or a drop that is counted and explained; and nothing
// is thrown into the host. `rows()` holds every row against the table's schema.

/** What only another span processor can put there: the SDK lets no such value through. */
function tamper(span: TamperedSpan, attributes: Readonly<Record<string, unknown>>): void {
  Object.assign(span.attributes, attributes);
}

async function onlyRow(bench: LedgerBench): Promise<ConversationRecord> {
  const rows = await bench.rows();
  expect(rows).toHaveLength(1);
  return rows[0] ?? expect.fail();
}

function expectNoProblem(bench: LedgerBench): void {
  expect(bench.said).toEqual([]);
  expect(bench.ledger.stats()).toMatchObject({
    turns: { failedExports: 0, droppedSpans: {} },
    rows: { pending: 0, dropped: {} },
    problems: {},
  });
}

const TURN_TIMEOUT_MINUTES = 10;

describe('spans that do not end as they should', () => {
  it('root never ends: a row after 10 minutes that says so, amended when it ends after all', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    bench.start('chat', root, { attributes: CALL }).end();
    await bench.clock.advance(TURN_TIMEOUT_MINUTES * 60_000 - 1);
    expect(await bench.rows()).toEqual([]);
    await bench.clock.advance(1);
    expect(await onlyRow(bench)).toMatchObject({ complete: false, incomplete_reason: 'root_open', duration_ms: null });
    root.end();
    expect((await bench.rows()).map((row) => [row.record_version, row.complete, row.total_token_count])).toEqual([
      [1, false, 110],
      [2, true, 110],
    ]);
    expectNoProblem(bench);
  });

  it('root never ends, and the process does: an incomplete row', async () => {
    const bench = openLedgerBench();
    bench.start('invoke_agent', undefined, { attributes: AGENT });
    await bench.ledger.shutdown();
    expect(await onlyRow(bench)).toMatchObject({ complete: false, incomplete_reason: 'root_open' });
  });

  it('child never ends: a row 30 s after the root that says so and gives no sum', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    bench.start('chat', root, { attributes: CALL }).end();
    bench.start('chat', root, { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' } });
    root.end();
    await bench.clock.advance(29_999);
    expect(await bench.rows()).toEqual([]);
    await bench.clock.advance(1);
    expect(await onlyRow(bench)).toMatchObject({
      complete: false,
      incomplete_reason: 'span_open',
      total_token_count: null,
    });
    expectNoProblem(bench);
  });

  it.each([
    { after: 29_000, versions: [1], included: [3] },
    { after: 31_000, versions: [1, 2], included: [null, 3] },
  ])('ZIP ends $after ms after the root: versions $versions', async ({ after, versions, included }) => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    bench.start('chat', root, { attributes: CALL }).end();
    const zip = bench.start('zip.create', root, { attributes: { 'zip.id': 'z-1' } });
    root.end();
    await bench.clock.advance(after);
    zip.setAttributes({ 'zip.files_included': 3, 'zip.total_size_bytes': 12 });
    zip.end();
    const rows = await bench.rows();
    expect(rows.map((row) => row.record_version)).toEqual(versions);
    expect(rows.map((row) => row.zip_files_included)).toEqual(included);
    expect(new Set(rows.map((row) => row.message_id)).size).toBe(1);
    expect(rows.at(-1)).toMatchObject({ complete: true, zip_id: 'z-1', zip_total_size_bytes: 12 });
    expectNoProblem(bench);
  });

  it('child that starts after the root ended: an amendment, not a second turn', async () => {
    const bench = openLedgerBench();
    const root = runTurn(bench);
    await bench.rows();
    bench.start('chat', root, { attributes: CALL }).end();
    const rows = await bench.rows();
    expect(rows.map((row) => [row.record_version, row.total_token_count])).toEqual([
      [1, 110],
      [2, 220],
    ]);
    expect(new Set(rows.map((row) => row.message_id)).size).toBe(1);
  });

  it('child that comes after its turn was let go: counted', async () => {
    const bench = openLedgerBench();
    const root = runTurn(bench);
    await bench.clock.advance(TURN_TIMEOUT_MINUTES * 60_000 + 1);
    bench.start('chat', root, { attributes: CALL }).end();
    expect(await bench.rows()).toHaveLength(1);
    expect(bench.ledger.stats().turns.droppedSpans).toEqual({ 'late-span': 1 });
  });

  it('agents under a job that goes on: a row when each ends', async () => {
    const bench = openLedgerBench();
    const job = bench.start('job');
    for (const session of ['s-1', 's-2']) {
      const agent = bench.start('invoke_agent', job, { attributes: { ...AGENT, 'session.id': session } });
      bench.start('chat', agent, { attributes: CALL }).end();
      agent.end();
    }
    const rows = await bench.rows();
    expect(rows.map((row) => [row.session_id, row.total_token_count, row.complete])).toEqual([
      ['s-1', 110, true],
      ['s-2', 110, true],
    ]);
  });

  it('an agent that says so at its end only, under a job where others say it at once: whole', async () => {
    const bench = openLedgerBench();
    const job = bench.start('job');
    const late = bench.start('run', job);
    bench.start('invoke_agent', job, { attributes: { ...AGENT, 'session.id': 's-1' } }).end();
    bench.start('chat', late, { attributes: CALL }).end();
    late.setAttributes({ ...AGENT, 'session.id': 's-2' });
    late.end();
    const rows = await bench.rows();
    expect(rows.map((row) => [row.session_id, row.model_call_count, row.total_token_count])).toEqual([
      ['s-1', 0, null],
      ['s-2', 1, 110],
    ]);
    bench.start('request', job).end();
    await bench.clock.advance(TURN_TIMEOUT_MINUTES * 60_000 + 1);
    expect(bench.ledger.stats().turns.heldSpans).toBe(1);
  });

  it('5,000 children: each is counted', async () => {
    const bench = openLedgerBench({ traceExporters: ['none'] });
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    for (let number = 0; number < 2_500; number += 1) {
      bench.start('chat', root, { attributes: CALL }).end();
      bench.start('execute_tool', root, { attributes: TOOL }).end();
    }
    root.end();
    const row = await onlyRow(bench);
    expect(row).toMatchObject({ model_call_count: 2_500, tool_call_count: 2_500, total_token_count: 275_000 });
    expectNoProblem(bench);
  });

  it('storm of exceptions: the row tells the last, and that some were dropped', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    for (let number = 0; number < 2_000; number += 1) {
      root.recordException(new Error(`storm ${number}`));
      const tool = bench.start('execute_tool', root, { attributes: TOOL });
      tool.recordException(new Error(`tool ${number}`));
      tool.setStatus({ code: 2 });
      tool.end();
    }
    root.setStatus({ code: 2 });
    root.end();
    expect(await onlyRow(bench)).toMatchObject({
      success: false,
      error_message: 'storm 1999',
      tool_error_count: 2_000,
      incomplete_reason: 'span_dropped',
    });
    expectNoProblem(bench);
  });

  it('ended twice: one row, and counted where the SDK lets it through', async () => {
    const bench = openLedgerBench();
    const root = runTurn(bench);
    root.end();
    for (const processor of bench.ledger.spanProcessors) processor.onEnd(root);
    expect(await bench.rows()).toHaveLength(1);
    expect(bench.ledger.stats().turns.droppedSpans).toEqual({ 'duplicate-span': 1 });
  });
});

describe('token counts', () => {
  const COUNTS: readonly (readonly [value: unknown, told: number | null])[] = [
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [Number.NEGATIVE_INFINITY, null],
    [-0, 0],
    [0, 0],
    [-5, null],
    [1.5, null],
    [2 ** 53 + 2, null],
    ['9007199254740993', null],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['12', 12],
    [' 12', null],
    ['-12', null],
    ['1e3', null],
    ['twelve', null],
    ['', null],
    [true, null],
    [null, null],
    [[7], null],
    [[7, 'seven', null], null],
    [{ value: 7 }, null],
    [10n, 10],
    [() => 7, null],
  ];

  it.each(COUNTS)('%o as prompt tokens', async (value, told) => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    const call = bench.start('chat', root, { attributes: CALL });
    tamper(call, { 'gen_ai.usage.input_tokens': value });
    call.end();
    root.end();
    const sum = told === null ? null : told + 10;
    expect(await onlyRow(bench)).toMatchObject({
      prompt_token_count: told,
      candidates_token_count: 10,
      total_token_count: Number.isSafeInteger(sum) ? sum : null,
    });
    expectNoProblem(bench);
  });

  it('sums that no double holds are NULL', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    for (let number = 0; number < 2; number += 1) {
      bench.start('chat', root, { attributes: { ...CALL, 'gen_ai.usage.input_tokens': 2 ** 53 - 100 } }).end();
    }
    root.end();
    expect(await onlyRow(bench)).toMatchObject({
      prompt_token_count: null,
      candidates_token_count: 20,
      total_token_count: null,
    });
  });

  it.each([Number.NaN, -1, Number.NEGATIVE_INFINITY, 'many', [3]])(
    '%o in the INTEGER columns of a ZIP',
    async (value) => {
      const bench = openLedgerBench();
      const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
      const zip = bench.start('zip.create', root, { attributes: { 'zip.id': 'z-1' } });
      tamper(zip, {
        'zip.files_included': value,
        'zip.files_missing': value,
        'zip.total_size_bytes': value,
        'zip.generation_time_ms': value,
        'zip.parallel_download_time_ms': value,
        'zip.max_workers_used': value,
      });
      zip.end();
      root.end();
      expect(await onlyRow(bench)).toMatchObject({
        zip_generated: true,
        zip_id: 'z-1',
        zip_files_included: null,
        zip_total_size_bytes: null,
      });
    },
  );

  it('mixed values and NULL in a REPEATED column', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    const call = bench.start('chat', root, { attributes: CALL });
    tamper(call, { 'gen_ai.response.finish_reasons': ['stop', null, 7, undefined, ['deep'], { a: 1 }, '', 'length'] });
    call.end();
    root.end();
    expect((await onlyRow(bench)).finish_reasons).toEqual(['stop', 'length']);
  });
});

describe('texts', () => {
  const TEXTS = {
    'a lone surrogate': 'before \ud83d after',
    ...(!CUTS_AT_NUL && { NUL: 'before \u0000 after' }),
    'right to left': 'كم فاتورة؟ \u202eevil\u202c',
    emoji: '👩‍👩‍👧‍👦 🇨🇱 ✈️',
    combining: `e\u0301 ${'a\u0300\u0301\u0302'.repeat(50)}`,
    'CR LF and terminal escapes': 'red\r\n\u001b[31m\u001b]0;title\u0007\u009b2J',
    'HTML and script': '<script>alert("x")</script>',
    'only white space': ' \t\u00a0\u2028 ',
  };

  it.each(Object.entries(TEXTS))('%s, wherever people or programs put text', async (_, text) => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, {
      attributes: {
        ...AGENT,
        'session.id': text,
        'user.id': text,
        'gen_ai.agent.name': text,
        'gen_ai.input.messages': messages('user', text),
        'spanledger.api_version': text,
        'spanledger.raw_mcp_response': text,
        'spanledger.client_info.user_agent': text,
      },
    });
    const call = bench.start('chat', root, {
      attributes: {
        ...CALL,
        'gen_ai.provider.name': text,
        'gen_ai.request.model': text,
        'gen_ai.response.model': text,
        'gen_ai.response.finish_reasons': [text],
        'gen_ai.output.messages': messages('assistant', text),
      },
    });
    call.end();
    const tool = bench.start(text, root, { attributes: { ...TOOL, 'gen_ai.tool.name': text } });
    tool.recordException(new Error(text));
    tool.setStatus({ code: 2, message: text });
    tool.end();
    bench.start('zip.create', root, { attributes: { 'zip.id': text } }).end();
    root.end();
    const row = await onlyRow(bench);
    const kept = text.toWellFormed();
    // What people and models say is trimmed; nothing but white space says nothing.
    const said = kept.trim() || null;
    expect(row).toMatchObject({
      user_question: said,
      agent_response: said,
      agent_name: kept,
      user_id: kept,
      session_id: kept,
      api_version: kept,
      raw_mcp_response: kept,
      tools_used: [kept],
      finish_reasons: [kept],
      response_model: kept,
      zip_id: kept,
      user_question_length: said && [...said].length,
      tool_error_count: 1,
      success: true,
    });
    expectNoProblem(bench);
  });

  it('11 MB of text', async () => {
    const bench = openLedgerBench();
    const text = 'ñandú '.repeat(1_700_000);
    runTurn(bench, { call: { 'gen_ai.output.messages': messages('assistant', text) } });
    const row = await onlyRow(bench);
    expect(row.agent_response === text.trim()).toBe(true);
    expect(row).toMatchObject({ agent_response_length: text.trim().length, agent_response_word_count: 1_700_000 });
    expect(row.response_summary).toHaveLength(200);
    expectNoProblem(bench);
  });

  it('an attribute key of 1 MB, and one that is empty', async () => {
    const bench = openLedgerBench();
    runTurn(bench, { root: { ['k'.repeat(1_000_000)]: 'x', '': 'y' } });
    expect(await onlyRow(bench)).toMatchObject({ total_token_count: 110, complete: true });
    expectNoProblem(bench);
  });

  it('what is logged is one line that steers no terminal and has an end', async () => {
    const evil = `\r\n\u001b[31mred\u0007\u009b2J\u2028\u202eevil${'x'.repeat(1_000_000)}`;
    const bench = openLedgerBench({
      enrichers: [
        {
          name: 'evil',
          enrich: () => {
            throw new Error(evil);
          },
        },
      ],
    });
    runTurn(bench);
    expect(await onlyRow(bench)).toMatchObject({ total_token_count: 110 });
    expect(bench.said).toHaveLength(1);
    expect(bench.said[0]).toContain('red');
    expect(bench.said[0]).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    expect(bench.said[0]?.length).toBeLessThan(5_000);
  });
});

describe('messages', () => {
  const DEEP = 10_000;
  const HOSTILE: Readonly<Record<string, string>> = {
    'JSON that is none': '{"role": "user", ',
    'JSON that a limit cut': messages('user', 'How many?').slice(0, -10),
    'another type of JSON': '42',
    'a list 10,000 deep': `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
    'messages 10,000 deep': `${'{"messages":['.repeat(DEEP)}"x"${']}'.repeat(DEEP)}`,
    'parts 10,000 deep': `[{"role":"user","parts":${'[{"type":"text","content":'.repeat(DEEP)}"x"${'}]'.repeat(DEEP)}}]`,
    'a list of 300,000': `[${'[],'.repeat(300_000)}[]]`,
    'usage in a list of 300,000': `{"usage_metadata":{},"list":[${'1,'.repeat(300_000)}1]}`,
    __proto__: '[{"role":"user","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]',
  };
  const KEYS = [
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.prompt',
    'gen_ai.completion',
    'input.value',
    'output.value',
    'traceloop.entity.input',
    'traceloop.entity.output',
    'gen_ai.workflow.output',
    'gcp.vertex.agent.llm_request',
    'gcp.vertex.agent.llm_response',
    'ai.prompt.messages',
    'ai.response.toolCalls',
    'langfuse.observation.usage_details',
    'metadata',
  ];
  const DIALECTS: Readonly<Record<string, Attributes>> = {
    'gen-ai': { ...CALL, 'gen_ai.output.messages': undefined },
    openinference: { 'openinference.span.kind': 'LLM', 'llm.token_count.prompt': 5, 'llm.token_count.completion': 1 },
    langfuse: { 'langfuse.observation.type': 'generation' },
    openllmetry: {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'm',
      'gen_ai.usage.prompt_tokens': 5,
    },
  };

  it.each(Object.entries(HOSTILE))('%s', async (_, json) => {
    const bench = openLedgerBench();
    const content = Object.fromEntries(KEYS.map((key) => [key, json]));
    for (const dialect of Object.values(DIALECTS)) {
      const root = bench.start('invoke_agent', undefined, { attributes: { ...AGENT, ...content } });
      bench.start('chat', root, { attributes: { ...dialect, ...content } }).end();
      root.end();
    }
    const rows = await bench.rows();
    expect(rows).toHaveLength(Object.keys(DIALECTS).length);
    for (const row of rows) expect(row).toMatchObject({ user_id: 'ana', complete: true, model_call_count: 1 });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expectNoProblem(bench);
  });

  it('flattened messages with an index of any size, and keys that objects inherit', async () => {
    const bench = openLedgerBench();
    const flattened = ['0', '4294967294', '99999999999999999999', '-1', '1e9', '__proto__', 'constructor', ''];
    for (const prefix of ['gen_ai.prompt', 'gen_ai.completion', 'llm.input_messages', 'llm.output_messages']) {
      const attributes: Attributes = {};
      for (const index of flattened) {
        attributes[`${prefix}.${index}.role`] = 'user';
        attributes[`${prefix}.${index}.content`] = 'x';
        attributes[`${prefix}.${index}.message.role`] = 'user';
        attributes[`${prefix}.${index}.message.contents.${index}.message_content.text`] = 'x';
        attributes[`${prefix}.__proto__.polluted`] = 'x';
      }
      const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
      bench.start('chat', root, { attributes: { ...CALL, ...attributes } }).end();
      bench.start('llm', root, { attributes: { 'openinference.span.kind': 'LLM', ...attributes } }).end();
      root.end();
    }
    expect(await bench.rows()).toHaveLength(4);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expectNoProblem(bench);
  });

  it('structured values that hold themselves, or throw when they are read', async () => {
    const bench = openLedgerBench();
    const knot: Record<string, unknown> = {};
    knot.left = knot;
    knot.right = knot;
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    const call = bench.start('chat', root, { attributes: CALL });
    tamper(call, { knot });
    call.end();
    root.end();
    expect(await onlyRow(bench)).toMatchObject({ total_token_count: 110, complete: true });

    const second = bench.start('invoke_agent', undefined, { attributes: { ...AGENT, 'session.id': 's-2' } });
    const broken = bench.start('chat', second, { attributes: CALL });
    tamper(broken, {
      broken: {
        get evil(): string {
          throw new Error('no');
        },
      },
    });
    broken.end();
    second.end();
    const rows = await bench.rows();
    expect(rows[1]).toMatchObject({ session_id: 's-2', total_token_count: 110, complete: true });
  });
});

describe('times', () => {
  const day = (text: string): [number, number] => [Date.parse(text) / 1000, 500_000_000];

  it.each([
    { at: day('1969-12-31T23:59:59Z'), timestamp: '1969-12-31T23:59:59.500000Z', date_partition: '1969-12-31' },
    { at: day('0001-01-01T00:00:00Z'), timestamp: '0001-01-01T00:00:00.500000Z', date_partition: '0001-01-01' },
    { at: day('9999-12-31T23:59:59Z'), timestamp: '9999-12-31T23:59:59.500000Z', date_partition: '9999-12-31' },
    { at: day('+010000-01-01T00:00:00Z'), timestamp: '9999-12-31T23:59:59.999999Z', date_partition: null },
    { at: day('-000001-01-01T00:00:00Z'), timestamp: '0001-01-01T00:00:00.000000Z', date_partition: null },
    { at: [1e300, 0] as [number, number], timestamp: '9999-12-31T23:59:59.999999Z', date_partition: null },
  ])('$timestamp for a start at $at', async ({ at, timestamp, date_partition }) => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT, startTime: at });
    root.end(at);
    const row = await onlyRow(bench);
    expect(row).toMatchObject({ timestamp, date_partition, complete: true });
    expectNoProblem(bench);
  });

  it('end before start: no duration', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT, startTime: [2_000, 0] });
    // The SDK moves such an end to the start; an instrumentation with clocks of its own does not.
    Object.defineProperties(root, { endTime: { value: [1_000, 0] }, ended: { value: true } });
    for (const processor of bench.ledger.spanProcessors) processor.onEnd(root);
    expect(await onlyRow(bench)).toMatchObject({ duration_ms: null, response_time_ms: null });
  });

  it.each([
    ['NaN', Number.NaN],
    ['an invalid date', new Date(Number.NaN)],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a fraction of a second', [1_700_000_000.25, 0.5] as [number, number]],
  ])('%s as the start of a model call: its tokens count', async (name, startTime) => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    bench.start('chat', root, { attributes: CALL }).end();
    bench.start('chat', root, { attributes: CALL, startTime }).end();
    root.end();
    const isKnown = name.startsWith('a fraction');
    expect(await onlyRow(bench)).toMatchObject({
      total_token_count: 220,
      complete: isKnown,
      incomplete_reason: isKnown ? null : 'span_dropped',
    });
    expectNoProblem(bench);
  });

  it('no time at all on the root: a row that says what is missing', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT, startTime: Number.NaN });
    bench.start('chat', root, { attributes: CALL }).end();
    root.end(Number.NaN);
    expect(await onlyRow(bench)).toMatchObject({ total_token_count: 110, incomplete_reason: 'span_dropped' });
    expectNoProblem(bench);
  });
});

describe('ids and trees', () => {
  it.each([
    { name: 'an empty trace id', traceId: '', spanId: 'a'.repeat(16) },
    { name: 'an all-zero trace id', traceId: '0'.repeat(32), spanId: 'a'.repeat(16) },
    { name: 'an empty span id', traceId: 'a'.repeat(32), spanId: '' },
    { name: 'an all-zero span id', traceId: 'a'.repeat(32), spanId: '0'.repeat(16) },
    {
      name: 'ids that are no hex',
      traceId: "'; DROP TABLE conversation_logs; --".slice(0, 32),
      spanId: 'a'.repeat(16),
    },
  ])('$name: no row that others would collide with, and counted', async ({ traceId, spanId }) => {
    const bench = openLedgerBench();
    for (let turn = 0; turn < 2; turn += 1) {
      bench.nextIds.traceIds.push(traceId);
      bench.nextIds.spanIds.push(spanId);
      bench.start('invoke_agent', undefined, { attributes: AGENT }).end();
    }
    runTurn(bench);
    expect(await onlyRow(bench)).toMatchObject({ total_token_count: 110 });
    expect(bench.ledger.stats().turns.droppedSpans).toEqual({ 'invalid-id': 2 });
  });

  it('a span id twice in one trace: the second is counted', async () => {
    const bench = openLedgerBench();
    const root = bench.start('invoke_agent', undefined, { attributes: AGENT });
    bench.nextIds.spanIds.push('a'.repeat(16), 'a'.repeat(16));
    const first = bench.start('chat', root, { attributes: CALL });
    const second = bench.start('chat', root, { attributes: CALL });
    first.end();
    second.end();
    root.end();
    expect(await onlyRow(bench)).toMatchObject({ model_call_count: 1, total_token_count: 110 });
    expect(bench.ledger.stats().turns.droppedSpans['duplicate-span']).toBeGreaterThan(0);
  });

  it('the same span id in two traces: two rows', async () => {
    const bench = openLedgerBench();
    for (const session of ['s-1', 's-2']) {
      bench.nextIds.spanIds.push('a'.repeat(16));
      runTurn(bench, { root: { 'session.id': session } });
    }
    expect((await bench.rows()).map((row) => row.session_id)).toEqual(['s-1', 's-2']);
    expectNoProblem(bench);
  });

  it('a span that is its own parent, and two that are each other’s: a row each', async () => {
    const bench = openLedgerBench();
    const startBelow = (traceId: string, spanId: string, parentId: string): TamperedSpan => {
      bench.nextIds.spanIds.push(spanId);
      const parent = { traceId, spanId: parentId, traceFlags: TraceFlags.SAMPLED };
      return bench.start('invoke_agent', trace.wrapSpanContext(parent), { attributes: AGENT });
    };
    const own = startBelow('1'.repeat(32), 'a'.repeat(16), 'a'.repeat(16));
    const first = startBelow('2'.repeat(32), 'b'.repeat(16), 'c'.repeat(16));
    const second = startBelow('2'.repeat(32), 'c'.repeat(16), 'b'.repeat(16));
    for (const span of [own, second, first]) span.end();
    const rows = await bench.rows();
    expect(rows.map((row) => row.trace_id).sort()).toEqual(['1'.repeat(32), '2'.repeat(32)]);
    expect(bench.ledger.stats().turns.failedExports).toBe(0);
  });

  it('two roots in one trace: two rows', async () => {
    const bench = openLedgerBench();
    for (const session of ['s-1', 's-2']) {
      bench.nextIds.traceIds.push('d'.repeat(32));
      runTurn(bench, { root: { 'session.id': session } });
    }
    const rows = await bench.rows();
    expect(rows.map((row) => [row.session_id, row.total_token_count])).toEqual([
      ['s-1', 110],
      ['s-2', 110],
    ]);
  });

  it('orphans of a parent in another process, or that was never seen: a row of what is there', async () => {
    const bench = openLedgerBench();
    for (const isRemote of [true, false]) {
      const traceId = (isRemote ? 'e' : 'f').repeat(32);
      const parent = { traceId, spanId: '9'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote };
      bench.start('chat', trace.wrapSpanContext(parent), { attributes: CALL }).end();
    }
    const rows = await bench.rows();
    expect(rows.map((row) => [row.total_token_count, row.incomplete_reason])).toEqual([
      [110, null],
      [110, 'parent_missing'],
    ]);
  });

  it('the same turn exported twice: one row', async () => {
    const first = openLedgerBench();
    runTurn(first, { root: { 'session.id': 'once' } });
    await first.rows();
    const second = openLedgerBench({ localPath: first.localPath });
    runTurn(second, { root: { 'session.id': 'once' } });
    expect(await second.rows()).toHaveLength(1);
    expect(second.ledger.stats().rows).toMatchObject({ received: 1, stored: 1, dropped: {} });
  });
});
