import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { describe, type ExpectStatic, it, type onTestFinished as OnTestFinished } from 'vitest';
import { temporaryDirectory } from '../store/temporary-directory.ts';

// `spanledger tail` in a process of its own, beside an agent in another one that has nothing to do between its turns.

const SOURCES = new URL('../../src/', import.meta.url).href;
const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;

/** A turn a line of its standard input. */
const AGENT = `import '${SOURCES}instrument.ts';
  import { traceAgent } from '${SOURCES}index.ts';
  import { createInterface } from 'node:readline';
  createInterface({ input: process.stdin }).on('line', (question) => {
    void traceAgent({ name: 'a', question, userId: 'ana' }, async (agent) => {
      if (question === 'fail') throw new Error('quota');
      agent.setAnswer('yes');
    }).catch(() => undefined);
  });`;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function start(directory: string, argv: readonly string[], onFinished: typeof OnTestFinished): Child {
  const env = { PATH: process.env.PATH, NODE_OPTIONS: process.env.NODE_OPTIONS };
  const child = spawn(process.execPath, argv, { cwd: directory, env, stdio: 'pipe' });
  onFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

function startAgent(directory: string, onFinished: typeof OnTestFinished): Child {
  writeFileSync(join(directory, 'agent.mjs'), AGENT);
  return start(directory, ['agent.mjs'], onFinished);
}

/** The lines that a stream has told so far. */
function lines(stream: Readable): string[] {
  const told: string[] = [];
  createInterface({ input: stream }).on('line', (line) => told.push(line));
  return told;
}

async function endOf(child: Child): Promise<{ status: number | null; signal: string | null }> {
  const [status, signal] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode, null];
  return { status, signal };
}

/** Writes turns until one has come through: the tail, which has its own start, is there then. */
async function waitForTail(agent: Child, told: readonly string[], expect: ExpectStatic): Promise<void> {
  await expect
    .poll(
      () => {
        if (told.length === 0) agent.stdin.write('ready?\n');
        return told.length;
      },
      { interval: 300, timeout: 60_000 },
    )
    .toBeGreaterThan(0);
}

const questions = (told: readonly string[]): string[] =>
  told.map((line) => JSON.parse(line).user_question).filter((question) => question !== 'ready?');

describe.concurrent('tail beside an idle agent', () => {
  it('waits for the store, tells each turn on a line, and ends on SIGINT with 0', async ({
    expect,
    onTestFinished,
  }) => {
    const directory = temporaryDirectory(onTestFinished);
    const tail = start(directory, [MAIN, 'tail'], onTestFinished);
    const [told, said] = [lines(tail.stdout), lines(tail.stderr)];
    await expect
      .poll(() => said, { timeout: 60_000 })
      .toEqual([expect.stringMatching(/^no store at .*spanledger\.db yet; waiting for its first turn$/)]);
    const agent = startAgent(directory, onTestFinished);
    agent.stdin.write('How many?\n');
    await expect.poll(() => told, { timeout: 60_000 }).toHaveLength(1);
    expect(told[0]).toMatch(/^\d\d-\d\d \d\d:\d\d:\d\d [0-9a-f]{8} ok +[\d.]+ m?s +– tok {2}a · ana: How many\?$/);
    agent.stdin.write('fail\n');
    await expect.poll(() => told, { timeout: 60_000 }).toHaveLength(2);
    expect(told[1]).toMatch(/ failed .*: fail$/);
    tail.kill('SIGINT');
    expect(await endOf(tail)).toEqual({ status: 0, signal: null });
    expect(said).toHaveLength(1);
  });

  it('tells the row with --json, and nothing of before', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const agent = startAgent(directory, onTestFinished);
    agent.stdin.write('before\n');
    const first = lines(start(directory, [MAIN, 'tail', '--json'], onTestFinished).stdout);
    await waitForTail(agent, first, expect);
    const tail = start(directory, [MAIN, 'tail', '--json'], onTestFinished);
    const told = lines(tail.stdout);
    await waitForTail(agent, told, expect);
    for (const question of ['one', 'two', 'three']) agent.stdin.write(`${question}\n`);
    await expect.poll(() => questions(told), { timeout: 60_000 }).toEqual(['one', 'two', 'three']);
    expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({
      agent_name: 'a',
      user_id: 'ana',
      success: true,
      complete: true,
    });
    tail.kill('SIGINT');
    expect(await endOf(tail)).toEqual({ status: 0, signal: null });
  });

  it('ends with 0 when nobody reads any more', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const tail = start(directory, [MAIN, 'tail', '--json'], onTestFinished);
    const said = lines(tail.stderr);
    const agent = startAgent(directory, onTestFinished);
    tail.stdout.destroy();
    const ended = endOf(tail);
    const writing = setInterval(() => agent.stdin.write('nobody reads this\n'), 300);
    try {
      expect(await ended).toEqual({ status: 0, signal: null });
    } finally {
      clearInterval(writing);
    }
    expect(said.filter((line) => !line.startsWith('no store'))).toEqual([]);
  });

  it('fails on what is no store', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    writeFileSync(join(directory, 'notes.txt'), 'Nothing that SQLite knows. '.repeat(999));
    const tail = start(directory, [MAIN, 'tail', '--store', 'notes.txt'], onTestFinished);
    const said = lines(tail.stderr);
    expect(await endOf(tail)).toEqual({ status: 1, signal: null });
    await expect.poll(() => said.join()).toMatch(/notes\.txt is not a SQLite database/);
  });
});
