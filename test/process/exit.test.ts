import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ENTRY = new URL('../../src/', import.meta.url).href;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spanledger-exit-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Run {
  readonly env?: Record<string, string>;
  /** Sent when the program has printed `ready`. */
  readonly signal?: NodeJS.Signals;
}

/** Runs a program with the entry imported first, as a user's would be. */
async function run(program: string, { env = {}, signal }: Run = {}): Promise<Ended> {
  const path = join(directory, 'app.mjs');
  writeFileSync(
    path,
    `import '${ENTRY}instrument.ts';
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

function rows(): { question: string; complete: number }[] {
  const store = new DatabaseSync(join(directory, '.spanledger/spanledger.db'), { readOnly: true });
  const found = store
    .prepare('SELECT user_question question, complete FROM conversation_logs ORDER BY timestamp')
    .all();
  store.close();
  return found.map(({ question, complete }) => ({ question: String(question), complete: Number(complete) }));
}

const TURN = `await traceAgent({ name: 'a', question: 'q' }, () => sleep(150));`;
const OPEN_TURN = `void traceAgent({ name: 'a', question: 'open' }, () => sleep(60_000));`;

/** What is said where a service is ended: what became of the rows. */
const statistics = (rows: number) =>
  expect.stringMatching(
    new RegExp(
      `^\\[ANALYTICS\\] Statistics shutdown: received=${rows} stored=${rows} fallback=0 pending=0 dropped=0 .*\n$`,
    ),
  );

describe('the end of the process', () => {
  it('writes the turn of a program that just ends', async () => {
    expect(await run(`${TURN} console.log('done');`)).toEqual({ code: 0, signal: null, stdout: 'done\n', stderr: '' });
    expect(rows()).toEqual([{ question: 'q', complete: 1 }]);
  });

  it('writes the turn of a program that calls process.exit at once', async () => {
    expect(await run(`${TURN} process.exit(3);`)).toMatchObject({ code: 3, stderr: '' });
    expect(rows()).toEqual([{ question: 'q', complete: 1 }]);
  });

  it('writes an open turn as incomplete', async () => {
    await run(`void traceAgent({ name: 'a', question: 'open' }, () => new Promise(() => {})); await sleep(150);`);
    expect(rows()).toEqual([{ question: 'open', complete: 0 }]);
  });

  it('says so where the process ends before anything could be loaded', async () => {
    const { stderr } = await run(`traceAgent({ name: 'a' }, () => 1); process.exit(0);`);
    expect(stderr).toContain('the process ended before a turn could be written; await flush() first (exit)');
  });

  it('lets an uncaught error end the process as it would have, and keeps the row', async () => {
    const ended = await run(`${TURN} throw new RangeError('of the host');`);
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.stderr).toContain('RangeError: of the host');
    expect(rows()).toEqual([{ question: 'q', complete: 1 }]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('flushes on %s and ends by it', async (signal) => {
    const ended = await run(`${TURN} ${OPEN_TURN} console.log('ready'); await sleep(60_000);`, { signal });
    expect(ended).toMatchObject({ code: null, signal, stderr: statistics(2) });
    expect(rows()).toEqual([
      { question: 'q', complete: 1 },
      { question: 'open', complete: 0 },
    ]);
  });

  it("leaves the end to the host's own handler, and its turns go on until then", async () => {
    const ended = await run(
      `process.on('SIGTERM', async () => { console.log('host'); await sleep(200); process.exit(7); });
       void traceAgent({ name: 'a', question: 'draining' }, () => sleep(250));
       await sleep(150); console.log('ready'); await sleep(60_000);`,
      { signal: 'SIGTERM' },
    );
    expect(ended).toMatchObject({ code: 7, stdout: 'ready\nhost\n', stderr: statistics(1) });
    expect(rows()).toEqual([{ question: 'draining', complete: 1 }]);
  });

  it('keeps no process alive', async () => {
    expect(await run('')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('refuses a second start with a message, and goes on', async () => {
    const { stdout } = await run(`try { start(); } catch (error) { console.log(error.name, error.message); }`);
    expect(stdout).toBe(
      'ConfigurationError start() was called before. A process has one ledger: leave the first call or import only\n',
    );
  });

  it('says what is wrong with the configuration, and leaves the host alone', async () => {
    writeFileSync(join(directory, 'c.yaml'), 'analytics: { conversation_tracking: { stor: local } }');
    const ended = await run(`${TURN} console.log('done');`, { env: { SPANLEDGER_CONFIG: 'c.yaml' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr).toBe(
      '[spanledger] not started: c.yaml: analytics.conversation_tracking.stor is not a setting; ' +
        'did you mean analytics.conversation_tracking.store?\n',
    );
  });

  it('says that another provider is registered', async () => {
    const path = join(directory, 'provider.mjs');
    const sdk = import.meta.resolve('@opentelemetry/sdk-trace-node');
    writeFileSync(path, `import { NodeTracerProvider } from '${sdk}'; new NodeTracerProvider().register();`);
    const { stderr, code } = await run('', { env: { NODE_OPTIONS: `--import=${path}` } });
    expect(code).toBe(0);
    expect(stderr).toContain('another OpenTelemetry tracer provider is registered');
  });

  it.each([
    ['OTEL_SDK_DISABLED', 'true'],
    ['SPANLEDGER_ENABLED', 'false'],
  ])('writes no rows with %s=%s', async (variable, value) => {
    expect(await run(`${TURN} console.log('done');`, { env: { [variable]: value } })).toMatchObject({
      stdout: 'done\n',
      stderr: '',
    });
    expect(existsSync(join(directory, '.spanledger/spanledger.db')) ? rows() : []).toEqual([]);
  });
});
