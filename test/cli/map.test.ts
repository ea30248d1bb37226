import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { runTestCli } from './test-context.ts';

const FIXTURE = 'test/fixtures/dialects/google-adk-2.0.0-toolloop.json';
const { otlp } = JSON.parse(readFileSync(FIXTURE, 'utf8'));

/** Files by name, in a directory of the test's own. */
function writeFiles(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const records = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('prints one record a turn, from a file and from standard input', async () => {
  const cwd = writeFiles({ 'spans.json': JSON.stringify(otlp) });
  const fromFile = await runTestCli(['map', 'spans.json'], { cwd });
  const [{ spans }] = otlp.resourceSpans[0].scopeSpans;
  expect(fromFile).toMatchObject({ exitCode: 0, stderr: `${spans.length} spans, 1 turn\n` });
  const [record, ...others] = records(fromFile.stdout);
  expect(others).toEqual([]);
  expect(record).toMatchObject({ message_type: 'user_question', tracking_backend: 'solid', success: true });
  expect(await runTestCli(['map', '-'], { stdin: JSON.stringify(otlp) })).toEqual(fromFile);
});

test('a trace that is spread over lines and files is one turn', async () => {
  const spans = otlp.resourceSpans.flatMap((inResource: { scopeSpans: { spans: unknown[] }[] }) =>
    inResource.scopeSpans.flatMap((inScope) =>
      inScope.spans.map((span) =>
        JSON.stringify({ resourceSpans: [{ ...inResource, scopeSpans: [{ ...inScope, spans: [span] }] }] }),
      ),
    ),
  );
  expect(spans.length).toBeGreaterThan(4);
  const cwd = writeFiles({
    'whole.json': JSON.stringify(otlp, null, 1),
    'even.jsonl': spans.filter((_: string, i: number) => i % 2 === 0).join('\n'),
    'odd.jsonl': spans.filter((_: string, i: number) => i % 2 === 1).join('\n'),
  });
  const whole = await runTestCli(['map', 'whole.json'], { cwd });
  expect(records(whole.stdout)).toHaveLength(1);
  expect(await runTestCli(['map', 'odd.jsonl', 'even.jsonl'], { cwd })).toEqual(whole);
});

test('files that cannot be used are named; the others are mapped; the exit code is 1', async () => {
  const cwd = writeFiles({ 'good.json': JSON.stringify(otlp), 'empty.json': '', 'text.json': 'hello' });
  mkdirSync(join(cwd, 'folder'));
  const run = await runTestCli(['map', 'missing.json', 'empty.json', 'folder', 'text.json', 'good.json'], { cwd });
  expect(run.exitCode).toBe(1);
  expect(run.stderr.trimEnd().split('\n')).toEqual([
    'missing.json: does not exist',
    'empty.json: is empty',
    'folder: is a directory; name the files in it',
    'text.json: is not JSON from byte 0',
    expect.stringMatching(/^\d+ spans, 1 turn$/),
  ]);
  expect(records(run.stdout)).toHaveLength(1);
});

test('--json makes problems machine-readable', async () => {
  const run = await runTestCli(['map', '--json', 'nothing-here']);
  expect({ ...run, stderr: records(run.stderr) }).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: [
      { file: 'nothing-here', problem: 'does not exist' },
      { spans: 0, turns: 0, unrecognised: [] },
    ],
  });
});

test('spans without usable ids are counted, not mapped', async () => {
  const broken = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'x' }, { traceId: '0'.repeat(32) }] }] }] };
  const run = await runTestCli(['map', '-'], { stdin: JSON.stringify(broken) });
  expect(run).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'standard input: spans that cannot be used: 2 (invalid_trace_id)\n0 spans, 0 turns\n',
  });
});

test('ends with what was read, what came of it, and what nobody recognised', async () => {
  const span = (id: number, name: string) => ({
    traceId: '1'.repeat(32),
    spanId: String(id).padStart(16, '0'),
    name,
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
  });
  const scopeSpans = [
    { scope: { name: 'other-agents' }, spans: [1, 2, 3, 4].map((id) => span(id, `step ${id}`)) },
    { spans: [span(5, 'GET \u001b[31m')] },
  ];
  const stdin = JSON.stringify({ resourceSpans: [{ scopeSpans }] });
  const run = await runTestCli(['map', '-'], { stdin });
  expect(run).toEqual({
    exitCode: 0,
    stdout: '',
    stderr:
      '5 spans, 0 turns. Not of an agent, a model or a tool: other-agents (4: step 1, step 2, step 3); ' +
      'no scope (1: GET  [31m). The README lists the instrumentations that are understood\n',
  });
  const { stderr } = await runTestCli(['map', '--json', '-'], { stdin });
  expect(JSON.parse(stderr)).toMatchObject({
    spans: 5,
    turns: 0,
    unrecognised: [{ scope: 'other-agents', count: 4, names: ['step 1', 'step 2', 'step 3'] }, { count: 1 }],
  });
});

test('text of the data cannot steer the terminal', async () => {
  const steering = JSON.stringify(otlp)
    .replaceAll('invoice', 'inv\\u009b31m\\u202eoice')
    .replaceAll('What', 'What\\u009b');
  const { stdout } = await runTestCli(['map', '-'], { stdin: steering });
  expect(stdout).toContain('\\u009b');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});
