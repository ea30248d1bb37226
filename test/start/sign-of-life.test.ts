import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { resolveConfig } from '../../src/config/resolve-config.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import type { StartOptions } from '../../src/start/start-options.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { ManualClock } from '../support/manual-clock.ts';

const AGENT = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };

function setUp(options: StartOptions = {}) {
  const lines: string[] = [];
  const clock = new ManualClock();
  const ledger = createSpanledger({
    sink: new CollectingSink(),
    traceExporters: ['none'],
    configFile: false,
    env: {},
    diagnostics: createDiagnostics({ write: (line) => lines.push(line) }),
    clock,
    ...options,
  });
  const provider = new BasicTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
  return { ledger, provider, lines, clock };
}

function setTerminal(isTTY: boolean): void {
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  onTestFinished(() => {
    process.stderr.isTTY = before;
  });
}

describe('at start', () => {
  const START = "[spanledger] configuration file: none; rows: the host's own sink; spans: none";

  it.each([
    [{}, true, [START]],
    [{}, false, []],
    [{ SPANLEDGER_LOG_LEVEL: 'info' }, false, [START]],
    [{ SPANLEDGER_LOG_LEVEL: 'debug' }, false, [START]],
    [{ SPANLEDGER_LOG_LEVEL: 'warn' }, false, []],
    [{ OTEL_LOG_LEVEL: 'INFO' }, false, [START]],
  ])('%j, terminal %s: says what is used', (env, isTTY, expected) => {
    setTerminal(isTTY);
    expect(setUp({ env }).lines).toEqual(expected);
  });
});

describe('the first row', () => {
  it('is said with where it is, once, in a process that ends by itself', () => {
    const directory = temporaryDirectory();
    const run = spawnSync(process.execPath, [resolve('test/support/one-turn-child.ts')], {
      cwd: directory,
      env: {
        ...process.env,
        SPANLEDGER_LOG_LEVEL: 'info',
        SPANLEDGER_LOCAL_PATH: 'rows.db',
        SPANLEDGER_STORE: 'local',
      },
      encoding: 'utf8',
    });
    expect(run.status).toBe(0);
    expect(run.stderr.match(/^\[spanledger\] first row: .*$/gm)).toEqual([
      expect.stringMatching(new RegExp(`: of trace [0-9a-f]{32}, in ${join(directory, 'rows.db')}$`)),
    ]);
  });

  it('is not said where nobody looks', async () => {
    setTerminal(false);
    const { ledger, provider, lines } = setUp();
    provider.getTracer('t').startSpan('invoke_agent a', { attributes: AGENT }).end();
    await ledger.flush();
    expect(lines).toEqual([]);
  });

  it('is said once', async () => {
    setTerminal(true);
    const { ledger, provider, lines } = setUp();
    for (const _ of [1, 2]) {
      provider.getTracer('t').startSpan('invoke_agent a', { attributes: AGENT }).end();
      await ledger.flush();
    }
    expect(lines.filter((line) => line.includes('first row'))).toEqual([
      expect.stringMatching(/^\[spanledger\] first row: of trace [0-9a-f]{32}, in the host's own sink$/),
    ]);
  });
});

describe('a minute without a turn', () => {
  it('is told once, with the scopes of at most ten instrumentations', async () => {
    const { provider, lines, clock } = setUp();
    for (let i = 0; i < 12; i += 1) provider.getTracer(`scope-${i}`).startSpan('GET /').end();
    await clock.advance(59_999);
    expect(lines).toEqual([]);
    await clock.advance(600_000);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\[spanledger\] spans arrive, and none .*; scopes: scope-0, .*, scope-9\. .*\(no-turn-understood\)$/,
    );
    expect(lines[0]).not.toContain('scope-10');
    expect(clock.timers).toBe(0);
  });

  it('is told as such where no span came at all', async () => {
    const { lines, clock } = setUp();
    await clock.advance(600_000);
    expect(lines).toEqual([
      expect.stringMatching(/no span has arrived in the first minute\. .*spanledger doctor.*\(no-spans\)$/),
    ]);
  });

  it('is none where a turn has begun, or has ended before', async () => {
    const { ledger, provider, lines, clock } = setUp();
    const agent = provider.getTracer('t').startSpan('invoke_agent a', { attributes: AGENT });
    provider.getTracer('http').startSpan('GET /').end();
    await clock.advance(120_000);
    agent.end();
    await ledger.flush();
    await clock.advance(120_000);
    expect(lines).toEqual([]);
  });

  it('waits for a long root, which may tell at its end that it is an agent', async () => {
    const { provider, lines, clock } = setUp();
    const root = provider.getTracer('late').startSpan('run');
    const below = trace.setSpan(context.active(), root);
    provider.getTracer('http').startSpan('GET /', {}, below).end();
    await clock.advance(150_000);
    expect(lines).toEqual([]);
    root.setAttributes(AGENT);
    root.end();
    await clock.advance(150_000);
    expect(lines).toEqual([]);
  });

  it.each([{ enabled: false }, { env: { OTEL_SDK_DISABLED: 'true' } }] satisfies StartOptions[])(
    'does not concern %j',
    async (options) => {
      const { lines, clock } = setUp(options);
      await clock.advance(600_000);
      expect(lines).toEqual([]);
    },
  );

  it('does not concern a ledger that was shut down', async () => {
    const { ledger, lines, clock } = setUp({ logLevel: 'warn' });
    await ledger.shutdown();
    await clock.advance(600_000);
    expect(lines).toEqual([]);
  });
});

describe('OTEL_LOG_LEVEL', () => {
  it.each([
    [{ OTEL_LOG_LEVEL: 'NONE' }, 'error'],
    [{ OTEL_LOG_LEVEL: 'ERROR' }, 'error'],
    [{ OTEL_LOG_LEVEL: 'warn' }, 'warn'],
    [{ OTEL_LOG_LEVEL: 'VERBOSE' }, 'debug'],
    [{ OTEL_LOG_LEVEL: 'ALL' }, 'debug'],
    [{ OTEL_LOG_LEVEL: 'DEBUG', SPANLEDGER_LOG_LEVEL: 'warn' }, 'warn'],
    [{ OTEL_LOG_LEVEL: 'chatty' }, 'info'],
  ])('%j is %s', (env, level) => {
    expect(resolveConfig({ env, configFile: false }).values.logLevel).toBe(level);
  });
});
