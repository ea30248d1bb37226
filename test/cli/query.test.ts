import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { NAMED_QUERIES } from '../../src/store/named-queries.ts';
import { sampleEntry } from '../store/sample-entry.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { runTestCli } from './test-context.ts';

const clock: Clock = { ...systemClock, now: () => Date.parse('2026-03-02T12:00:00Z') };

/** Two days of turns, one of them outside the default period. */
function writeStore(): string {
  const cwd = temporaryDirectory();
  const store = LocalStore.open(join(cwd, 'store.db'), { busyTimeoutMillis: 50 });
  const tokens = (total: number, thoughts: number) => ({
    total_token_count: total,
    thoughts_token_count: thoughts,
    prompt_token_count: total - thoughts,
    cached_content_token_count: 0,
  });
  store.insertRows([
    sampleEntry('a', {
      ...tokens(100, 25),
      success: true,
      conversation_id: 'c1',
      user_id: 'ana',
      user_question_length: 10,
      response_model: 'm',
      estimated_cost_usd: 0.5,
    }),
    sampleEntry('b', {
      ...tokens(300, 75),
      success: false,
      error_message: 'quota \u001b[31m',
      conversation_id: 'c1',
      user_id: 'ana',
      user_question_length: 60,
      response_model: 'm',
    }),
    sampleEntry('c', {
      success: true,
      conversation_id: 'c2',
      zip_generated: true,
      zip_id: 'z',
      zip_generation_time_ms: 40,
      zip_files_included: 60,
      zip_files_missing: 1,
      zip_total_size_bytes: 900,
    }),
    sampleEntry('b', {
      record_version: 2,
      ...tokens(400, 100),
      success: false,
      error_message: 'quota \u001b[31m',
      conversation_id: 'c1',
      user_id: 'ana',
      user_question_length: 60,
      response_model: 'm',
    }),
    sampleEntry('old', { ...tokens(9_000, 0), date_partition: '2020-01-01', timestamp: '2020-01-01T00:00:00Z' }),
  ]);
  store.close();
  return cwd;
}

const ask = async (cwd: string, ...argv: string[]): Promise<unknown> => {
  const run = await runTestCli(['query', ...argv, '--store', 'store.db', '--json'], { cwd, clock });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(run.stdout);
};

test.each([
  {
    name: 'tokens-per-day',
    rows: [{ day: '2026-03-01', turns: 3, tokens: 500, average: 250, minimum: 100, maximum: 400, without_tokens: 1 }],
  },
  {
    name: 'zip-performance',
    rows: [
      {
        day: '2026-03-01',
        zips: 1,
        average_generation_ms: 40,
        average_files: 60,
        files_missing: 1,
        average_bytes: 900,
        average_download_ms: null,
      },
    ],
  },
  {
    name: 'error-rate',
    rows: [
      { day: '2026-03-01', turns: 3, failed: 1, failed_percent: 33.33, unknown: 0, incomplete: 0, tool_errors: null },
    ],
  },
  {
    name: 'errors',
    rows: [
      {
        error_message: 'quota \u001b[31m',
        turns: 1,
        first_seen: '2026-03-01T10:00:00.000Z',
        last_seen: '2026-03-01T10:00:00.000Z',
      },
    ],
  },
  { name: 'token-capture', rows: [{ day: '2026-03-01', turns: 3, with_tokens: 2, captured_percent: 66.67 }] },
  {
    name: 'top-conversations',
    rows: [
      { conversation_id: 'c1', user_id: 'ana', turns: 2, tokens: 500, largest_turn: 400, tool_calls: null },
      { conversation_id: 'c2', user_id: null, turns: 1, tokens: null, largest_turn: null, tool_calls: null },
    ],
  },
  {
    name: 'text-length',
    rows: [
      {
        question_length: '1: under 50',
        turns: 1,
        average_prompt_tokens: 75,
        average_answer_length: null,
        average_answer_tokens: null,
        average_tokens: 100,
      },
      {
        question_length: '2: 50 to 199',
        turns: 1,
        average_prompt_tokens: 300,
        average_answer_length: null,
        average_answer_tokens: null,
        average_tokens: 400,
      },
    ],
  },
  {
    name: 'thinking-share',
    rows: [
      { day: '2026-03-01', turns: 3, thoughts: 125, tokens: 500, thoughts_percent: 25, cached_percent_of_prompt: 0 },
    ],
  },
  {
    name: 'cost-per-day',
    rows: [
      { day: '2026-03-01', model: null, turns: 1, priced_turns: 0, usd: null, usd_per_turn: null },
      { day: '2026-03-01', model: 'm', turns: 2, priced_turns: 1, usd: 0.5, usd_per_turn: 0.5 },
    ],
  },
])('$name counts each turn once, at its newest version', async ({ name, rows }) => {
  expect(await ask(writeStore(), name)).toEqual(rows);
});

test('every question has an answer on an empty store', async () => {
  const cwd = temporaryDirectory();
  LocalStore.open(join(cwd, 'store.db'), { busyTimeoutMillis: 50 }).close();
  for (const { name } of NAMED_QUERIES) expect(await ask(cwd, name)).toEqual([]);
});

test('--days and --limit bound the answer', async () => {
  const cwd = writeStore();
  expect(await ask(cwd, 'tokens-per-day', '--days', '1')).toEqual([]);
  expect(await ask(cwd, 'tokens-per-day', '--days', '2')).toHaveLength(1);
  expect(await ask(cwd, 'tokens-per-day', '--days', '9999')).toHaveLength(2);
  expect(await ask(cwd, 'top-conversations', '--limit', '1')).toHaveLength(1);
});

test('the table is for people, and text of the data cannot steer the terminal', async () => {
  const { stdout } = await runTestCli(['query', 'errors', '--store', 'store.db'], { cwd: writeStore(), clock });
  expect(stdout).toMatch(/│ error_message +│ turns │/);
  expect(stdout).toContain('quota  [31m');
  expect(stdout).not.toContain('\u001b');
});

test('without a name the questions are listed', async () => {
  const { exitCode, stdout } = await runTestCli(['query']);
  expect(exitCode).toBe(0);
  for (const { name, question } of NAMED_QUERIES) {
    expect(stdout).toContain(name);
    expect(stdout).toContain(question);
  }
});

test.each([
  { argv: ['query', 'tokens'], said: 'Did you mean|Allowed choices are tokens-per-day', exitCode: 2 },
  { argv: ['query', 'errors', '--days', 'many'], said: 'A whole number', exitCode: 2 },
  { argv: ['query', 'errors', '--store', 'missing.db'], said: 'no store at .*missing.db', exitCode: 1 },
])('$argv is answered with exit code $exitCode', async ({ argv, said, exitCode }) => {
  const run = await runTestCli(argv, { cwd: temporaryDirectory() });
  expect(run.exitCode).toBe(exitCode);
  expect(run.stderr).toMatch(new RegExp(said));
});

test('BigQuery gets the same text with its own names, and dates come back as text', async () => {
  const seen: string[] = [];
  const bigquery = await LoopbackBigQuery.start({
    onQuery: ({ query }) => {
      seen.push(query);
      return {
        fields: [
          { name: 'day', type: 'DATE' },
          { name: 'turns', type: 'INTEGER' },
        ],
        rows: [{ day: '2026-03-01', turns: 3 }],
      };
    },
  });
  process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
  onTestFinished(async () => {
    delete process.env.BIGQUERY_EMULATOR_HOST;
    await bigquery.close();
  });
  const argv = ['query', 'token-capture', '--project', 'test-project', '--table', 'turns'];
  const run = await runTestCli([...argv, '--json'], { clock });
  expect(JSON.parse(run.stdout)).toEqual([{ day: '2026-03-01', turns: 3 }]);
  const printed = await runTestCli([...argv, '--sql'], { clock });
  expect(seen.map((sql) => `${sql};\n`)).toEqual([printed.stdout]);
  expect(printed.stdout).toContain('FROM `test-project.chat_analytics.turns_latest`');
});
