import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerEntry } from '../../src/delivery/row-sink.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { sampleEntry } from '../store/sample-entry.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { answerFromStore } from '../support/answer-from-store.ts';
import { LoopbackBigQuery, type QueryRequest } from '../support/loopback-bigquery.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type CliRun, runTestCli } from './test-context.ts';

const clock = new ManualClock(Date.parse('2026-03-02T12:00:00Z'));
const at = (timestamp: string): object => ({ timestamp, date_partition: timestamp.slice(0, 10) });

const TURNS: readonly LedgerEntry[] = [
  sampleEntry('aaaaaaaa01', {
    ...at('2026-03-01T10:00:00.000000Z'),
    agent_name: 'invoices',
    user_id: 'ana',
    conversation_id: 'c1',
    user_question: 'How many invoices?',
    total_token_count: 100,
    duration_ms: 1_234,
    estimated_cost_usd: 0.000_871,
    success: true,
    complete: true,
  }),
  sampleEntry('bbbbbbbb02', {
    ...at('2026-03-02T09:00:00.000000Z'),
    agent_name: 'invoices',
    user_id: 'bruno',
    conversation_id: 'c2',
    user_question: 'Why?\nBecause \u001b[31mred\u202e',
    success: false,
    error_message: 'quota',
    complete: false,
  }),
  sampleEntry('cccccccc03', {
    ...at('2026-03-02T11:30:00.500000Z'),
    agent_name: "it's",
    user_id: 'ana',
    success: true,
    complete: false,
    incomplete_reason: 'span_open',
  }),
  sampleEntry('cccccccc03', {
    ...at('2026-03-02T11:30:00.500000Z'),
    user_id: 'ana',
    complete: true,
    record_version: 2,
  }),
  sampleEntry('dddddddd04', { ...at('2025-12-31T23:59:59.999999Z'), success: true, complete: true }),
];

function openStore(cwd: string, entries = TURNS): LocalStore {
  const store = LocalStore.open(join(cwd, 'store.db'), { busyTimeoutMillis: 50 });
  expect(store.insertRows(entries)).not.toContain(false);
  return store;
}

function writeStore(entries = TURNS): string {
  const cwd = temporaryDirectory();
  openStore(cwd, entries).close();
  return cwd;
}

const turns = (cwd: string, ...argv: string[]): Promise<CliRun> =>
  runTestCli(['turns', '--store', 'store.db', ...argv], { cwd, clock });

async function ids(cwd: string, ...argv: string[]): Promise<string[]> {
  const { stdout, stderr } = await turns(cwd, '--json', ...argv);
  expect(stderr).toBe('');
  return JSON.parse(stdout).map((row: { message_id: string }) => row.message_id.slice(-2));
}

describe('the newest turns', () => {
  test('are a table, newest first, each turn at its newest version', async () => {
    const { exitCode, stdout } = await turns(writeStore());
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "┌──────────┬─────────────────────┬──────────┬───────┬────────────────────────┬────────┬──────┬─────────┬────────┐
      │ id       │ time (UTC)          │ agent    │ user  │ question               │ tokens │   ms │     USD │ state  │
      │ cccccccc │ 03-02 11:30:00      │ –        │ ana   │ –                      │      – │    – │       – │ –      │
      │ bbbbbbbb │ 03-02 09:00:00      │ invoices │ bruno │ Why? Because  [31mred  │      – │    – │       – │ failed │
      │ aaaaaaaa │ 03-01 10:00:00      │ invoices │ ana   │ How many invoices?     │    100 │ 1234 │ 0.00087 │ ok     │
      │ dddddddd │ 2025-12-31 23:59:59 │ –        │ –     │ –                      │      – │    – │       – │ ok     │
      └──────────┴─────────────────────┴──────────┴───────┴────────────────────────┴────────┴──────┴─────────┴────────┘
      "
    `);
  });

  test('are rows with --json, with truth as true and false', async () => {
    const { stdout } = await turns(writeStore(), '--json', '--limit', '1', '--failed');
    expect(JSON.parse(stdout)).toEqual([
      {
        message_id: 'bbbbbbbb02',
        timestamp: '2026-03-02T09:00:00.000000Z',
        conversation_id: 'c2',
        user_id: 'bruno',
        agent_name: 'invoices',
        user_question: 'Why?\nBecause \u001b[31mred\u202e',
        total_token_count: null,
        duration_ms: null,
        estimated_cost_usd: null,
        success: false,
        error_message: 'quota',
        complete: false,
        incomplete_reason: null,
      },
    ]);
    for (const steering of ['\u001b', '\u202e']) expect(stdout).not.toContain(steering);
  });

  test.each([
    { argv: [], found: ['03', '02', '01', '04'] },
    { argv: ['--limit', '2'], found: ['03', '02'] },
    { argv: ['--agent', 'invoices'], found: ['02', '01'] },
    { argv: ['--agent', "it's"], found: [] },
    { argv: ['--user', 'ana'], found: ['03', '01'] },
    { argv: ['--user', "' OR TRUE --"], found: [] },
    { argv: ['--conversation', 'c1'], found: ['01'] },
    { argv: ['--failed'], found: ['02'] },
    { argv: ['--incomplete'], found: ['02'] },
    { argv: ['--failed', '--user', 'ana'], found: [] },
    { argv: ['--days', '1'], found: ['03', '02'] },
    { argv: ['--days', '2'], found: ['03', '02', '01'] },
    { argv: ['--from', '2026-03-02'], found: ['03', '02'] },
    { argv: ['--from', '2026-03-02T09:00:00Z'], found: ['03', '02'] },
    { argv: ['--from', '2026-03-02T10:00:00.001+01:00'], found: ['03'] },
    { argv: ['--to', '2026-03-01'], found: ['01', '04'] },
    { argv: ['--to', '2026-03-02T09:00:00Z'], found: ['01', '04'] },
    { argv: ['--to', '2026-03-01', '--days', '1'], found: ['01'] },
    { argv: ['--from', '2025-12-31', '--to', '2025-12-31'], found: ['04'] },
    { argv: ['--from', '2026-03-02T11:30:00Z', '--to', '2026-03-02T11:30:01Z'], found: ['03'] },
  ])('$argv gives $found', async ({ argv, found }) => {
    expect(await ids(writeStore(), ...argv)).toEqual(found);
  });

  test('none is said', async () => {
    const cwd = writeStore();
    expect((await turns(cwd, '--user', 'nobody')).stdout).toBe(`no such turns in ${join(cwd, 'store.db')}\n`);
    expect((await turns(cwd, '--user', 'nobody', '--days', '3')).stdout).toContain('since 2026-02-28');
    expect((await turns(cwd, '--user', 'nobody', '--json')).stdout).toBe('[]\n');
  });

  test.each([
    { argv: ['--limit', '0'], said: 'A whole number' },
    { argv: ['--days', '1.5'], said: 'A whole number' },
    { argv: ['--from', 'yesterday'], said: 'A day, e.g.' },
    { argv: ['--from', '2026-02-30'], said: 'A day, e.g.' },
    { argv: ['--from', '2026-02-28T25:00:00Z'], said: 'A day, e.g.' },
    { argv: ['--from', '2026-02-28T10:00:00'], said: 'a time with its zone' },
    { argv: ['--days', '3', '--from', '2026-02-28'], said: 'cannot be used with' },
    { argv: ['--from', '2026-03-02', '--to', '2026-03-01'], said: '--to must be after --from' },
    { argv: ['--max-bytes', 'many'], said: 'A size' },
  ])('$argv is wrong usage', async ({ argv, said }) => {
    const { exitCode, stdout, stderr } = await turns(writeStore(), ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('the table fits the line', () => {
  const wide = writeWide();
  function writeWide(): readonly LedgerEntry[] {
    const texts = [
      '👨‍👩‍👧‍👦 한국어 질문입니다 '.repeat(9),
      'x'.repeat(300),
      '¿Cuántas facturas hay? 👍🏽'.repeat(7),
      '日本',
    ];
    return texts.map((text, i) =>
      sampleEntry(`${i}`.repeat(12), {
        user_question: text,
        agent_name: '請求書エージェント invoice_pdf_finder_agent',
        user_id: `user-${text.slice(0, 30)}`,
        total_token_count: 123_456,
        duration_ms: 654_321,
        estimated_cost_usd: 12.345_67,
        success: i === 0,
        complete: false,
      }),
    );
  }
  const lines = (stdout: string): string[] => stdout.trimEnd().split('\n');

  test.each([76, 80, 100, 133, 200])('of %i columns, by what is seen', async (columns) => {
    const run = await runTestCli(['turns', '--store', 'store.db'], { cwd: writeStore(wide), clock, columns });
    const [width, ...others] = new Set(lines(run.stdout).map((line) => stringWidth(line)));
    expect(others).toEqual([]);
    // In each column of text, the half of a wide character may be left.
    expect(width).toBeGreaterThanOrEqual(columns - 3);
    expect(width).toBeLessThanOrEqual(columns);
    // No half of a pair, no half of a family.
    expect(run.stdout).not.toMatch(/\p{Cs}|\u200d…/u);
  });

  test('COLUMNS says more than the terminal, and 160 is for where nobody knows', async () => {
    const cwd = writeStore(wide);
    const widthOf = async (given: object): Promise<number> => {
      const { stdout } = await runTestCli(['turns', '--store', 'store.db'], { cwd, clock, ...given });
      return stringWidth(lines(stdout)[0] ?? '');
    };
    const unknown = await widthOf({});
    expect(unknown).toBe(await widthOf({ columns: 160 }));
    expect(await widthOf({ env: { COLUMNS: 'wide' } })).toBe(unknown);
    expect(await widthOf({ columns: 90 })).toBeGreaterThan(80);
    expect(await widthOf({ columns: 90, env: { COLUMNS: '100' } })).toBe(await widthOf({ columns: 100 }));
  });

  test('and the question gives way first', async () => {
    const entries = [
      sampleEntry('a'.repeat(12), {
        user_question: 'q'.repeat(60),
        agent_name: 'a'.repeat(24),
        user_id: 'u'.repeat(18),
        success: true,
      }),
    ];
    const run = await runTestCli(['turns', '--store', 'store.db'], { cwd: writeStore(entries), clock, columns: 140 });
    expect(run.stdout).toMatch(/│ a{24} │ u{18} │ q{31}… │/);
  });
});

describe('on BigQuery', () => {
  async function start(bytesRead = 0): Promise<{ seen: QueryRequest[]; run: (...argv: string[]) => Promise<CliRun> }> {
    const store = openStore(temporaryDirectory());
    const seen: QueryRequest[] = [];
    const bigquery = await LoopbackBigQuery.start({
      onQuery: (request) => {
        seen.push(request);
        return { ...answerFromStore(store, request), bytesRead };
      },
    });
    process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
    onTestFinished(async () => {
      delete process.env.BIGQUERY_EMULATOR_HOST;
      store.close();
      await bigquery.close();
    });
    return { seen, run: (...argv) => runTestCli(['turns', '--project', 'test-project', ...argv], { clock }) };
  }

  test('the same query reads seven days, and at most a gigabyte', async () => {
    const { seen, run } = await start();
    const { stdout } = await run('--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { message_id: 'cccccccc03', timestamp: '2026-03-02T11:30:00.500Z', complete: true },
      { message_id: 'bbbbbbbb02', success: false },
      { message_id: 'aaaaaaaa01', estimated_cost_usd: 0.000_871, success: true },
    ]);
    expect(seen).toMatchObject([
      { parameters: { first_day: '2026-02-24', limit: 20 }, maximumBytesBilled: '1000000000' },
    ]);
    expect(seen[0]?.query).toContain('WHERE date_partition >= @first_day');
  });

  test('what a user gives is a parameter', async () => {
    const { seen, run } = await start();
    const given = { agent: 'invoices', user: "o'hara", conversation: '" OR 1=1 --' };
    const argv = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
    const { exitCode } = await run(
      ...argv,
      '--from',
      '2026-03-01T10:00:00Z',
      '--to',
      '2026-03-02',
      '--max-bytes',
      '50MB',
    );
    expect(exitCode).toBe(0);
    const days = { first_day: '2026-03-01', last_day: '2026-03-02' };
    expect(seen).toMatchObject([{ parameters: { ...given, ...days, limit: 20 }, maximumBytesBilled: '50000000' }]);
    expect(Date.parse(String(seen[0]?.parameters.from_time))).toBe(Date.parse('2026-03-01T10:00:00Z'));
    for (const text of Object.values(given)) expect(seen[0]?.query).not.toContain(text);
  });

  test('a query that would read too much says how to let it', async () => {
    const { run } = await start(3_500_000_000);
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('may read 1000000000: --max-bytes 4GB lets it');
    expect(await run('--max-bytes', '4GB')).toMatchObject({ exitCode: 0 });
  });
});
