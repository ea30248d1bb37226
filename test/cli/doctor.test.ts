import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { checkRuntime } from '../../src/cli/doctor/check-runtime.ts';
import type { DescribedSetting } from '../../src/cli/doctor/describe-settings.ts';
import { LEDGER_TABLES } from '../../src/store/tables.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { runTestCli } from './test-context.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spanledger-doctor-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

interface Examined {
  readonly exitCode: number;
  readonly check: (name: string) => Check | undefined;
  readonly setting: (key: string) => DescribedSetting | undefined;
  readonly stdout: string;
}

async function examine(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  clock = systemClock,
): Promise<Examined> {
  const { exitCode, stdout } = await runTestCli(['doctor', '--json', ...argv], { cwd: directory, env, clock });
  const result: { checks: Check[]; settings: DescribedSetting[] } = JSON.parse(stdout);
  return {
    exitCode,
    stdout,
    check: (name) => result.checks.find((each) => each.name === name),
    setting: (key) => result.settings.find((each) => each.key === key),
  };
}

const LOCAL = { SPANLEDGER_LOCAL_PATH: 'store.db' };

describe('spanledger doctor', () => {
  it('finds nothing wrong with a machine without a cloud', async () => {
    const { exitCode, check } = await examine([], LOCAL);
    expect(exitCode).toBe(0);
    expect(check('Local store')).toMatchObject({ status: 'ok', detail: expect.stringContaining('does not exist yet') });
    expect(check('BigQuery')?.status).toBe('skipped');
  });

  it('says for people what it found, and what to do', async () => {
    write('package.json', '{"dependencies":{"@sentry/node":"10"}}');
    const { exitCode, stdout } = await runTestCli(['doctor'], {
      cwd: directory,
      env: { ...LOCAL, OTEL_SDK_DISABLED: 'true' },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ok {7}Node: /m);
    expect(stdout).toMatch(/^warning {2}Configuration: OTEL_SDK_DISABLED is true\n {9}→ nothing is traced/m);
    expect(stdout).toMatch(
      /^warning {2}Neighbour: @sentry\/node 10: registers a tracer provider of its own\n {9}→ .*skipOpenTelemetrySetup/m,
    );
    expect(stdout).toMatch(/local\.path +store\.db {2}\(environment\)/);
  });

  it('tells where each value came from, and no secrets', async () => {
    const hashKey = 'the-key-of-the-hashes';
    const config = write(
      'c.yaml',
      `analytics:\n  conversation_tracking:\n    store: local\ntraces:\n  telemetry_endpoint: https://me:hunter2@proxy.example.com\n`,
    );
    const { setting, stdout } = await examine(['--config', config], { ...LOCAL, SPANLEDGER_HASH_KEY: hashKey });
    expect(setting('analytics.conversation_tracking.store')).toMatchObject({ value: 'local', source: 'file' });
    expect(setting('analytics.conversation_tracking.local.path')?.source).toBe('environment');
    expect(setting('analytics.conversation_tracking.serverless')?.source).toBe('default');
    expect(stdout).not.toContain(hashKey);
    expect(stdout).not.toContain('hunter2');
  });

  it('fails on a configuration that cannot be used, and names the setting', async () => {
    const config = write('c.yaml', 'analytics:\n  conversation_tracking:\n    store: disk\n');
    const { exitCode, check } = await examine(['--config', config]);
    expect(exitCode).toBe(1);
    expect(check('Configuration')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('auto, local, bigquery'),
    });
  });

  it('fails on everything that is wrong with a configuration at once', async () => {
    const config = write('c.yaml', 'analytics:\n  conversation_tracking:\n    stor: disk\n    serverless: perhaps\n');
    const { exitCode, stdout } = await runTestCli(['doctor', '--config', config], { cwd: directory });
    expect(exitCode).toBe(1);
    expect(stdout.match(/^FAILED {3}Configuration: .*$/gm)).toEqual([
      expect.stringContaining('stor is not a setting; did you mean analytics.conversation_tracking.store?'),
      expect.stringContaining('serverless is "perhaps"; allowed: true, false'),
    ]);
    const command = await runTestCli(['query', 'tokens-per-day', '--config', config], { cwd: directory });
    expect(command.exitCode).toBe(2);
    expect(command.stderr.match(/^spanledger: /gm)).toHaveLength(2);
  });

  it('fails on a section and on a variable that nobody reads', async () => {
    const config = write('c.yaml', 'analitycs:\n  conversation_tracking:\n    store: local\n');
    const { exitCode, stdout } = await runTestCli(['doctor', '--config', config], {
      cwd: directory,
      env: { ...LOCAL, SPANLEDGER_STOR: 'local' },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^FAILED {3}Configuration: .*analitycs is read by nobody; did you mean analytics\?$/m);
    expect(stdout).toMatch(/^FAILED {3}Configuration: SPANLEDGER_STOR .*; did you mean SPANLEDGER_STORE\?$/m);
  });

  it('fails on a file that is no store', async () => {
    write('store.db', 'not a database, and long enough to be looked into'.repeat(100));
    const { exitCode, check } = await examine([], { SPANLEDGER_LOCAL_PATH: join(directory, 'store.db') });
    expect(exitCode).toBe(1);
    expect(check('Local store')).toMatchObject({ status: 'failed', advice: expect.any(String) });
  });

  it('warns of a store that lacks columns', async () => {
    const path = join(directory, 'store.db');
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE conversation_logs (conversation_id TEXT)');
    database.close();
    const { check } = await examine([], { SPANLEDGER_LOCAL_PATH: path });
    expect(check('Local store')).toMatchObject({
      status: 'warning',
      advice: expect.stringContaining('spanledger init'),
    });
  });
});

describe('spanledger doctor with BigQuery', () => {
  const env = (url: string) => ({
    BIGQUERY_EMULATOR_HOST: url,
    GOOGLE_CLOUD_PROJECT: 'test-project',
    SPANLEDGER_OUTBOX_PATH: join(directory, 'outbox'),
  });

  it('works offline, and asks nobody', async () => {
    const { exitCode, check } = await examine(['--offline'], env('http://127.0.0.1:9'));
    expect(exitCode).toBe(0);
    expect(check('Project')).toMatchObject({ status: 'ok', detail: 'test-project' });
    for (const name of ['Credentials', 'BigQuery API', 'Clock', 'Dataset and tables', 'Permission to insert']) {
      expect(check(name)).toMatchObject({ status: 'skipped', detail: 'asked to stay offline' });
    }
  });

  it('says that nobody answers, and tries nothing behind that', async () => {
    const { exitCode, check } = await examine([], env('http://127.0.0.1:9'));
    expect(exitCode).toBe(1);
    expect(check('BigQuery API')).toMatchObject({ status: 'failed', advice: expect.stringContaining('network') });
    expect(check('Dataset and tables')).toMatchObject({
      status: 'skipped',
      detail: expect.stringContaining('BigQuery API'),
    });
  });

  it('finds missing tables, missing columns and a wrong clock', async () => {
    const bigquery = await LoopbackBigQuery.start();
    // The client reads the variable itself.
    process.env.BIGQUERY_EMULATOR_HOST = bigquery.url;
    try {
      const missing = await examine(['--timeout', '60'], env(bigquery.url));
      expect(missing.exitCode).toBe(1);
      expect(missing.check('BigQuery API')?.status).toBe('ok');
      expect(missing.check('Clock')?.status).toBe('ok');
      expect(missing.check('Dataset and tables')).toMatchObject({ status: 'failed', advice: 'run `spanledger init`' });

      for (const { name, columns } of LEDGER_TABLES) {
        bigquery.addTable('chat_analytics', name, name === 'conversation_logs' ? columns.slice(0, 48) : columns);
      }
      const early = { ...systemClock, now: () => systemClock.now() - 600_000 };
      const drifted = await examine(['--timeout', '60'], env(bigquery.url), early);
      expect(drifted.exitCode).toBe(0);
      expect(drifted.check('Dataset and tables')).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining('trace_id'),
      });
      expect(drifted.check('Clock')).toMatchObject({ status: 'warning', detail: expect.stringContaining('behind') });
    } finally {
      delete process.env.BIGQUERY_EMULATOR_HOST;
      await bigquery.close();
    }
  });

  it('counts what waits in the outbox, and what was refused', async () => {
    mkdirSync(join(directory, 'outbox'));
    const database = new DatabaseSync(join(directory, 'outbox', 'outbox-0.db'));
    database.exec('CREATE TABLE rows (tbl TEXT, refusal TEXT, received_at INTEGER)');
    database.exec(`INSERT INTO rows VALUES ('conversation_logs', NULL, ${Date.now() - 7_200_000})`);
    database.close();
    const old = await examine(['--offline'], env('http://127.0.0.1:9'));
    expect(old.check('Outbox')).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^1 rows wait, 0 were refused.*over an hour/),
    });

    const again = new DatabaseSync(join(directory, 'outbox', 'outbox-0.db'));
    again.exec(`INSERT INTO rows VALUES ('conversation_logs', 'invalid', ${Date.now()})`);
    again.close();
    const refused = await examine(['--offline'], env('http://127.0.0.1:9'));
    expect(refused.check('Outbox')).toMatchObject({ status: 'warning', detail: '1 rows wait, 1 were refused' });
  });
});

describe('checkRuntime', () => {
  const find = (name: string, version?: string): Check | undefined =>
    checkRuntime(directory, version).find((check) => check.name === name);

  it.each([
    ['24.1.0', 'ok'],
    ['22.13.0', 'ok'],
    ['22.12.0', 'warning'],
    ['20.19.0', 'warning'],
  ])('Node %s: %s', (version, status) => {
    expect(find('Node', version)?.status).toBe(status);
  });

  it.each([
    [['1.9.0'], 'ok'],
    [['1.9.0', '1.9.1'], 'ok'],
    [['1.9.0', '1.8.0'], 'warning'],
    [[], 'skipped'],
  ])('copies of the API %j: %s', (versions, status) => {
    for (const [index, version] of versions.entries()) {
      const path = index === 0 ? 'node_modules' : 'node_modules/@scope/lib/node_modules';
      write(`${path}/@opentelemetry/api/package.json`, JSON.stringify({ version }));
    }
    expect(find('OpenTelemetry API')?.status).toBe(status);
  });

  /** A host that asks for the packages, and has these versions of them. */
  const neighboursOf = (installed: Readonly<Record<string, string>>): readonly Check[] => {
    const dependencies = Object.fromEntries(Object.keys(installed).map((name) => [name, '*']));
    write('package.json', JSON.stringify({ dependencies }));
    for (const [name, version] of Object.entries(installed)) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, version }));
    }
    return checkRuntime(directory).filter((check) => check.name.startsWith('Neighbour'));
  };

  it.each([
    ['nothing that it knows', { express: '5.0.0' }, [['ok', 'no dependency that needs anything']]],
    [
      'Sentry 11',
      { '@sentry/node': '11.12.0' },
      [['warning', '@sentry/node 11.12.0: ', 'load spanledger/instrument before']],
    ],
    ['Sentry 10', { '@sentry/node': '10.78.0' }, [['warning', '@sentry/node 10.78.0: ', 'skipOpenTelemetrySetup']]],
    [
      'AI SDK 6 with Sentry 11',
      { '@sentry/node': '11.12.0', ai: '6.0.326' },
      [
        ['warning', '@sentry/node 11.12.0: ', ''],
        ['warning', 'ai 6.0.326 with @sentry/node 11.12.0: ', 'VercelAI'],
      ],
    ],
    [
      'OpenAI 7 with OpenLLMetry',
      { openai: '7.57.0', '@traceloop/node-server-sdk': '0.27.0' },
      [
        ['ok', '@traceloop/node-server-sdk 0.27.0: ', 'addSpanProcessor'],
        ['warning', 'openai 7.57.0 with @traceloop/node-server-sdk 0.27.0: ', 'openai 6'],
      ],
    ],
    [
      'three at once',
      { openlit: '1.15.0', openai: '6.1.0', '@opentelemetry/instrumentation-openai': '0.22.0' },
      [['ok', 'openlit 1.15.0: ', 'OTEL_EXPORTER_OTLP_ENDPOINT']],
    ],
    ['AI SDK 7', { ai: '7.0.173', '@ai-sdk/otel': '1.0.173' }, [['ok', '@ai-sdk/otel 1.0.173: ', 'usage: true']]],
  ])('says of %s what to do', (_, installed, expected) => {
    const found = neighboursOf(installed as Readonly<Record<string, string>>);
    expect(found.map(({ status }) => status)).toEqual(expected.map(([status]) => status));
    for (const [index, [, detail = '', advice = '']] of expected.entries()) {
      expect(found[index]?.detail.startsWith(detail)).toBe(true);
      expect(found[index]?.advice ?? '').toContain(advice);
    }
  });
});
