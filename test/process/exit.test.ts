import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const ENTRY = new URL('../../src/', import.meta.url).href;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Run {
  readonly directory: string;
  readonly env?: Record<string, string>;
  /** Sent when the program has printed `ready`. */
  readonly signal?: NodeJS.Signals;
}

/** Runs a program with the entry imported first, as a user's would be. */
async function run(program: string, { directory, env = {}, signal }: Run): Promise<Ended> {
  const path = join(directory, 'app.mjs');
  writeFileSync(
    path,
    `import '${ENTRY}instrument.ts';
     import { existsSync } from 'node:fs';
     import { start, traceAgent } from '${ENTRY}index.ts';
     const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
     ${program}`,
  );
  const child = spawn(process.execPath, [path], { cwd: directory, env: { PATH: process.env.PATH, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const wasReady = stdout.includes('ready');
    stdout += text;
    if (signal !== undefined && !wasReady && stdout.includes('ready')) child.kill(signal);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, endedBy) => resolve({ code, signal: endedBy, stdout, stderr }));
  });
}

/** Without the first turn of `WARM`. */
function rows(directory: string): { question: string; complete: number }[] {
  const store = new DatabaseSync(join(directory, '.spanledger/spanledger.db'), { readOnly: true });
  const found = store
    .prepare(`SELECT user_question question, complete FROM conversation_logs
              WHERE user_question <> 'warm' ORDER BY timestamp`)
    .all();
  store.close();
  return found.map(({ question, complete }) => ({ question: String(question), complete: Number(complete) }));
}

/** What writes rows is loaded with the first turn. A process that ends at once has written one before. */
const WARM = `await traceAgent({ name: 'a', question: 'warm' }, () => 1);
  while (!existsSync('.spanledger/spanledger.db')) await sleep(5);`;
const TURN = `await traceAgent({ name: 'a', question: 'q' }, () => sleep(5));`;
const OPEN_TURN = `void traceAgent({ name: 'a', question: 'open' }, () => new Promise(() => {}));`;

/** What is said where a service is ended: what became of the rows. */
const statistics = (rows: number) =>
  expect.stringMatching(
    new RegExp(
      `^\\[ANALYTICS\\] Statistics shutdown: received=${rows} stored=${rows} fallback=0 pending=0 dropped=0 .*\n$`,
    ),
  );

describe.concurrent('the end of the process', () => {
  it('writes the turn of a program that just ends', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    expect(await run(`${TURN} console.log('done');`, { directory })).toEqual({
      code: 0,
      signal: null,
      stdout: 'done\n',
      stderr: '',
    });
    expect(rows(directory)).toEqual([{ question: 'q', complete: 1 }]);
  });

  it('writes the turn of a program that calls process.exit at once', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    expect(await run(`${WARM} ${TURN} process.exit(3);`, { directory })).toMatchObject({ code: 3, stderr: '' });
    expect(rows(directory)).toEqual([{ question: 'q', complete: 1 }]);
  });

  it('writes an open turn as incomplete', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    await run(OPEN_TURN, { directory });
    expect(rows(directory)).toEqual([{ question: 'open', complete: 0 }]);
  });

  it('writes an open turn that told nothing at its start', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const api = import.meta.resolve('@opentelemetry/api');
    await run(
      `const { trace } = await import('${api}');
       const span = trace.getTracer('t').startSpan('Agent workflow');
       span.setAttributes({ 'openinference.span.kind': 'AGENT', 'input.value': 'open' });`,
      { directory },
    );
    expect(rows(directory)).toEqual([{ question: 'open', complete: 0 }]);
  });

  it('says so where the process ends before anything could be loaded', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const { stderr } = await run(`traceAgent({ name: 'a' }, () => 1); process.exit(0);`, { directory });
    expect(stderr).toContain('the process ended before a turn could be written; await flush() first (exit)');
  });

  it('lets an uncaught error end the process as it would have, and keeps the row', async ({
    expect,
    onTestFinished,
  }) => {
    const directory = temporaryDirectory(onTestFinished);
    const ended = await run(`${WARM} ${TURN} throw new RangeError('of the host');`, { directory });
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.stderr).toContain('RangeError: of the host');
    expect(rows(directory)).toEqual([{ question: 'q', complete: 1 }]);
  });

  it.for(['SIGTERM', 'SIGINT'] as const)('flushes on %s and ends by it', async (signal, { expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const ended = await run(`${TURN} ${OPEN_TURN} console.log('ready'); await sleep(600_000);`, { directory, signal });
    expect(ended).toMatchObject({ code: null, signal, stderr: statistics(2) });
    expect(rows(directory)).toEqual([
      { question: 'q', complete: 1 },
      { question: 'open', complete: 0 },
    ]);
  });

  it("leaves the end to the host's own handler, and its turns go on until then", async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const ended = await run(
      `${WARM}
       const drained = Promise.withResolvers();
       const turn = traceAgent({ name: 'a', question: 'draining' }, () => drained.promise);
       process.on('SIGTERM', async () => {
         console.log('host');
         await sleep(100);
         drained.resolve();
         await turn;
         process.exit(7);
       });
       console.log('ready');
       await sleep(600_000);`,
      { directory, signal: 'SIGTERM' },
    );
    expect(ended).toMatchObject({ code: 7, stdout: 'ready\nhost\n', stderr: statistics(2) });
    expect(rows(directory)).toEqual([{ question: 'draining', complete: 1 }]);
  });

  it('keeps no process alive', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    expect(await run('', { directory })).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('refuses a second start with a message, and goes on', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const { stdout } = await run(`try { start(); } catch (error) { console.log(error.name, error.message); }`, {
      directory,
    });
    expect(stdout).toBe(
      'ConfigurationError start() was called before. A process has one ledger: leave the first call or import only\n',
    );
  });

  it('says what is wrong with the configuration, and leaves the host alone', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    writeFileSync(join(directory, 'c.yaml'), 'analytics: { conversation_tracking: { stor: local } }');
    const ended = await run(`${TURN} console.log('done');`, { directory, env: { SPANLEDGER_CONFIG: 'c.yaml' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr).toBe(
      '[spanledger] not started: c.yaml: analytics.conversation_tracking.stor is not a setting; ' +
        'did you mean analytics.conversation_tracking.store?\n',
    );
  });

  it('says that another provider is registered', async ({ expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const path = join(directory, 'provider.mjs');
    const sdk = import.meta.resolve('@opentelemetry/sdk-trace-node');
    writeFileSync(path, `import { NodeTracerProvider } from '${sdk}'; new NodeTracerProvider().register();`);
    const { stderr, code } = await run('', { directory, env: { NODE_OPTIONS: `--import=${path}` } });
    expect(code).toBe(0);
    expect(stderr).toContain('another OpenTelemetry tracer provider is registered');
  });

  it.for([
    ['OTEL_SDK_DISABLED', 'true'],
    ['SPANLEDGER_ENABLED', 'false'],
  ] as const)('writes no rows with %s=%s', async ([variable, value], { expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    expect(await run(`${TURN} console.log('done');`, { directory, env: { [variable]: value } })).toMatchObject({
      stdout: 'done\n',
      stderr: '',
    });
    expect(existsSync(join(directory, '.spanledger/spanledger.db')) ? rows(directory) : []).toEqual([]);
  });
});
