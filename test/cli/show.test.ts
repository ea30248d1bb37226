import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerEntry } from '../../src/delivery/row-sink.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { sampleEntry } from '../store/sample-entry.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { answerFromStore } from '../support/answer-from-store.ts';
import { LoopbackBigQuery, type QueryRequest } from '../support/loopback-bigquery.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleSpan } from '../support/span-snapshot-builder.ts';
import { type CliRun, runTestCli } from './test-context.ts';

const clock = new ManualClock(Date.parse('2026-03-02T12:00:00Z'));
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const OTHER_TRACE = '1bf7651916cd43dd8448eb211c80319c';
const ROOT = 'b7ad6b7169203331';

const TURN = sampleEntry(`${TRACE}-${ROOT}`, {
  timestamp: '2026-03-02T10:00:00.000000Z',
  date_partition: '2026-03-02',
  trace_id: TRACE,
  span_id: ROOT,
  agent_name: 'invoices',
  user_id: 'ana',
  user_question: 'How many?\r\nAnd \u001b[31mwhy\u202e?',
  agent_response: '12.\n\nBecause.',
  total_token_count: 150,
  prompt_token_count: 120,
  candidates_token_count: 30,
  duration_ms: 900,
  model_time_ms: 500,
  success: false,
  error_message: 'tool broke',
  complete: true,
  content_policy: 'full',
  model_calls: [
    { span_id: 'm1', model: 'gemini', total_token_count: 100, duration_ms: 300 },
    { span_id: 'm2', model: 'gemini', total_token_count: 50, duration_ms: 200 },
  ],
  tool_calls: [{ span_id: 't1', name: 'search', duration_ms: 100, success: false, error: 'no \u001b[2Jsuch table' }],
});
const OTHERS: readonly LedgerEntry[] = [
  sampleEntry(`${TRACE}-c7ad6b7169203331`, { trace_id: TRACE, span_id: 'c7ad6b7169203331', agent_name: 'second' }),
  sampleEntry(`${OTHER_TRACE}-${ROOT}`, { trace_id: OTHER_TRACE, span_id: ROOT }),
  sampleEntry('old', { timestamp: '2026-01-01T00:00:00.000000Z', date_partition: '2026-01-01' }),
  sampleEntry('old-and-longer', { timestamp: '2026-01-01T00:00:00.000000Z', date_partition: '2026-01-01' }),
];

const START = BigInt(Date.parse('2026-03-02T10:00:00Z'));
const span = (
  spanId: string,
  parent: string | undefined,
  at: number,
  end: number | undefined,
  name: string,
): SpanSnapshot => ({
  ...sampleSpan({ id: 'a' }),
  traceId: TRACE,
  spanId,
  parentSpanId: parent,
  name,
  startTimeUnixNano: (START + BigInt(at)) * 1_000_000n,
  endTimeUnixNano: end === undefined ? undefined : (START + BigInt(end)) * 1_000_000n,
});
const SPANS: readonly SpanSnapshot[] = [
  span(ROOT, undefined, 0, 900, 'invoke_agent invoices'),
  span('t1', 'm1', 310, 410, 'execute_tool search'),
  span('m1', ROOT, 5, 305, 'chat gemini'),
  span('h1', 't1', 320, undefined, 'HTTP GET'),
  // Another turn of the trace.
  span('c7ad6b7169203331', undefined, 2_000, 3_000, 'invoke_agent second'),
];

function openStore(cwd: string, entries: readonly LedgerEntry[] = [TURN, ...OTHERS], spans = SPANS): LocalStore {
  const store = LocalStore.open(join(cwd, 'store.db'), { busyTimeoutMillis: 50 });
  expect(store.insertRows(entries)).not.toContain(false);
  store.insertSpans(spans);
  return store;
}

function show(id: string, ...argv: string[]): Promise<CliRun> {
  const cwd = temporaryDirectory();
  openStore(cwd).close();
  return runTestCli(['show', id, '--store', 'store.db', ...argv], { cwd, clock, columns: 100 });
}

test('a turn is shown with its facts, what was said, and its calls', async () => {
  const { exitCode, stdout, stderr } = await show(`${TRACE}-b`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "turn            0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331
    time            2026-03-02T10:00:00.000000Z
    agent           invoices
    user            ana
    conversation    conversation
    state           failed: tool broke
    tokens          150 (prompt 120, answer 30)
    ms              900 (models 500)
    content policy  full

    question
      How many?
      And  [31mwhy ?

    answer
      12.

      Because.

    ┌─────────────────────────┬───────┬─────┬────────┬───────────────────┐
    │ call                    │ at ms │  ms │ tokens │ error             │
    │ invoke_agent invoices   │     0 │ 900 │    150 │ tool broke        │
    │ ├ chat gemini           │     5 │ 300 │    100 │ –                 │
    │ │ └ execute_tool search │   310 │ 100 │      – │ no  [2Jsuch table │
    │ │   └ HTTP GET          │   320 │   – │      – │ –                 │
    │ └ model gemini          │     – │ 200 │     50 │ –                 │
    └─────────────────────────┴───────┴─────┴────────┴───────────────────┘
    "
  `);
});

describe('the id may be', () => {
  const found = async (id: string): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await show(id, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout).turn.message_id;
  };

  test.each([
    { id: `${TRACE}-${ROOT}`, is: `${TRACE}-${ROOT}`, what: 'whole' },
    { id: '1b', is: `${OTHER_TRACE}-${ROOT}`, what: 'a beginning' },
    { id: OTHER_TRACE, is: `${OTHER_TRACE}-${ROOT}`, what: 'a trace' },
    { id: 'old', is: 'old', what: 'whole, and the beginning of another' },
  ])('$what', async ({ id, is }) => {
    expect(await found(id)).toBe(is);
  });

  test('that of several turns, which are listed', async () => {
    const { exitCode, stdout, stderr } = await show(TRACE);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`${TRACE} may be 2 turns`);
    expect(stderr).toContain(`${TRACE}-${ROOT}`);
    expect(stderr).toContain(`${TRACE}-c7ad6b7169203331`);
    expect(stderr).not.toContain(OTHER_TRACE);
  });

  test('that of more turns than anybody reads', async () => {
    const cwd = temporaryDirectory();
    openStore(
      cwd,
      Array.from({ length: 30 }, (_, i) => sampleEntry(`same-${i}`)),
    ).close();
    const { stderr } = await runTestCli(['show', 'same', '--store', 'store.db'], { cwd, clock });
    expect(stderr).toContain('same may be more than 20 turns');
    expect(stderr.match(/same-\d+/g)).toHaveLength(20);
  });

  test.each(['nothing', '%', "' OR TRUE --"])('unknown: %s', async (id) => {
    const { exitCode, stdout, stderr } = await show(id);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^spanledger: no turn .* in .*store\.db; spanledger turns --store .* lists the newest\n$/);
  });
});

describe('the calls', () => {
  interface Call {
    readonly span_id: string;
    readonly depth: number;
    readonly offset_ms: number | null;
    readonly name: string;
  }
  async function calls(spans: readonly SpanSnapshot[], entry = TURN): Promise<Call[]> {
    const cwd = temporaryDirectory();
    openStore(cwd, [entry], spans).close();
    const { stdout } = await runTestCli(['show', '0af', '--store', 'store.db', '--json'], { cwd, clock });
    return JSON.parse(stdout).calls;
  }
  const shape = (given: readonly Call[]): string[] => given.map(({ depth, span_id }) => `${depth} ${span_id}`);

  test('are spans where they are kept; a call without a span stands below the turn', async () => {
    const given = await calls(SPANS);
    expect(shape(given)).toEqual([`0 ${ROOT}`, '1 m1', '2 t1', '3 h1', '1 m2']);
    expect(given).toMatchObject([
      { kind: 'span', offset_ms: 0, duration_ms: 900, total_token_count: 150, error: 'tool broke' },
      { kind: 'model', offset_ms: 5, duration_ms: 300, total_token_count: 100, error: null },
      { kind: 'tool', offset_ms: 310, duration_ms: 100, total_token_count: null, error: 'no \u001b[2Jsuch table' },
      { kind: 'span', offset_ms: 320, duration_ms: null },
      { kind: 'model', name: 'model gemini', offset_ms: null, duration_ms: 200, total_token_count: 50 },
    ]);
  });

  test('are those of the row where no span is kept', async () => {
    const given = await calls([]);
    expect(shape(given)).toEqual([`0 ${ROOT}`, '1 m1', '1 m2', '1 t1']);
    expect(given).toMatchObject([
      { name: 'invoices', duration_ms: 900 },
      { name: 'model gemini', offset_ms: null, duration_ms: 300 },
      { name: 'model gemini' },
      { name: 'tool search', duration_ms: 100 },
    ]);
  });

  test('end, where spans are their own parents', async () => {
    const circle = [span(ROOT, 'x', 0, 9, 'a'), span('x', 'y', 1, 2, 'b'), span('y', ROOT, 1, 2, 'c')];
    expect(shape(await calls(circle)).slice(0, 3)).toEqual([`0 ${ROOT}`, '1 y', '2 x']);
  });

  test('may be deeper than a stack', async () => {
    const deep = Array.from({ length: 4_000 }, (_, i) =>
      span(i === 0 ? ROOT : `s${i}`, i === 1 ? ROOT : `s${i - 1}`, i, 9_999, 'n'),
    );
    expect(await calls(deep)).toHaveLength(4_000 + 3);
  });
});

test('on BigQuery it reads the day of the turn only, looks back seven days, and says how to look further', async () => {
  const store = openStore(temporaryDirectory());
  const seen: QueryRequest[] = [];
  const bigquery = await LoopbackBigQuery.start({
    onQuery: (request) => {
      seen.push(request);
      return answerFromStore(store, request);
    },
  });
  process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
  onTestFinished(async () => {
    delete process.env.BIGQUERY_EMULATOR_HOST;
    store.close();
    await bigquery.close();
  });
  const run = (...argv: string[]): Promise<CliRun> =>
    runTestCli(['show', ...argv, '--project', 'test-project'], { clock });

  const found = await run(`${TRACE}-b`, '--json');
  expect(JSON.parse(found.stdout)).toMatchObject({
    turn: { message_id: `${TRACE}-${ROOT}`, success: false, model_calls: [{ model: 'gemini' }, {}] },
    calls: [{ depth: 0 }, { name: 'model gemini' }, { name: 'model gemini' }, { name: 'tool search' }],
  });
  expect(seen).toMatchObject([
    { parameters: { id: `${TRACE}-b`, first_day: '2026-02-24' }, maximumBytesBilled: '1000000000' },
    { parameters: { id: `${TRACE}-${ROOT}`, day: '2026-03-02' }, maximumBytesBilled: '1000000000' },
  ]);
  for (const { query } of seen) {
    expect(query).toContain('date_partition');
    expect(query).not.toContain(TRACE);
  }

  const missing = await run('old');
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain('since 2026-02-24; --days 30 looks further back');
  expect(JSON.parse((await run('old', '--from', '2026-01-01', '--json')).stdout).turn.message_id).toBe('old');
});
