import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { resolveConfig } from '../../src/config/resolve-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { matchesSchema } from '../support/match-schema.ts';
import { type CliRun, runTestCli } from './test-context.ts';

const SCHEMA: unknown = JSON.parse(readFileSync(resolve('config.schema.json'), 'utf8'));
const defaults = resolveConfig({ env: {}, configFile: false }).values;

function config(cwd: string, ...argv: string[]): Promise<CliRun> {
  return runTestCli(['config', ...argv], { cwd });
}

describe('spanledger config', () => {
  it('writes a file that says what the defaults say', async () => {
    const cwd = temporaryDirectory();
    expect(await config(cwd, '--write', 'config/config.yaml')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const path = join(cwd, 'config/config.yaml');
    expect(readFileSync(path, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/node_modules\/spanledger\/config\.schema\.json\n/,
    );
    const { values, sources, nearMisses } = resolveConfig({ env: {}, configFile: path });
    expect(values).toEqual(defaults);
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
    expect(nearMisses).toEqual([]);
  });

  it('has every setting in it, with its default, what it means and where else it can be set', async () => {
    const cwd = temporaryDirectory();
    const { stdout } = await config(cwd);
    const path = join(cwd, 'all.yaml');
    writeFileSync(path, stdout.replace(/^( *)#(?=\w)/gm, '$1'));
    const { values, sources } = resolveConfig({ env: {}, configFile: path });
    expect(values).toEqual(defaults);
    const given = Object.entries(SETTINGS).filter(([, { fallback }]) => fallback !== undefined);
    expect(given.length).toBeGreaterThan(20);
    for (const [name] of given) expect(Reflect.get(sources, name), name).toBe('file');
    const prose = stdout.replace(/\n *# /g, ' ');
    for (const { description, env, key } of Object.values(SETTINGS)) {
      expect(prose).toContain(description);
      for (const variable of env) expect(prose, key).toContain(variable);
    }
    expect(prose).toContain('Default: 30. Allowed: a number of seconds from 0 to 3600.');
    expect(matchesSchema(SCHEMA, parse(readFileSync(path, 'utf8')))).toBe(true);
  });

  it('sets what is chosen', async () => {
    const cwd = temporaryDirectory();
    const chosen = ['bigquery.project=my-project', 'traces.exporter=[otlp, console]', 'content.mode=truncate(20)'];
    await config(
      cwd,
      '--write',
      'c.yaml',
      ...chosen.flatMap((each) => ['--set', each]),
      '--set',
      'zip_metrics_timeout=5',
    );
    const { values, sources } = resolveConfig({ env: {}, configFile: join(cwd, 'c.yaml') });
    expect(values).toMatchObject({
      project: 'my-project',
      traceExporters: ['otlp', 'console'],
      content: 'truncate(20)',
      zipMetricsTimeoutSeconds: 5,
    });
    expect(Object.values(sources).filter((source) => source === 'file')).toHaveLength(4);
  });

  it('refuses what is no setting or not allowed, all at once, and writes nothing', async () => {
    const cwd = temporaryDirectory();
    const run = await config(cwd, '--write', 'c.yaml', '--set', 'bigquery.projct=x', '--set', 'store=disk');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(
      'bigquery.projct is not a setting; did you mean analytics.conversation_tracking.bigquery.project?\n',
    );
    expect(run.stderr).toContain('store is "disk"; allowed: auto, local, bigquery\n');
    expect(existsSync(join(cwd, 'c.yaml'))).toBe(false);
  });

  it('leaves a file alone that is there', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'c.yaml'), 'mine: true\n');
    const run = await config(cwd, '--write', 'c.yaml');
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('stays as it is') });
    expect(readFileSync(join(cwd, 'c.yaml'), 'utf8')).toBe('mine: true\n');
  });
});

describe('spanledger config --check', () => {
  it('tells everything that is wrong, with 2', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(
      join(cwd, 'c.yaml'),
      'analytics: { conversation_tracking: { stor: local, serverless: perhaps } }\ntraces: { ratio: 2 }\n',
    );
    const { exitCode, stdout, stderr } = await config(cwd, '--check', 'c.yaml');
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^error: .*stor is not a setting; did you mean analytics\.conversation_tracking\.store\?$/),
      expect.stringMatching(/^error: .*serverless is "perhaps"; allowed: true, false$/),
      expect.stringMatching(/^error: traces\.ratio is 2; allowed: a number from 0 to 1$/),
    ]);
    const { stdout: json } = await config(cwd, '--check', 'c.yaml', '--json');
    expect(JSON.parse(json)).toMatchObject({ errors: { length: 3 }, warnings: [] });
  });

  it('fails on a section that nobody reads; a variable that nobody reads is a warning', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'c.yaml'), 'trace: { exporter: none }\n');
    const { exitCode, stderr } = await config(cwd, '--check', 'c.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .*c\.yaml: trace is read by nobody; did you mean traces\?\n$/);
    const other = await runTestCli(['config', '--check'], { cwd, env: { SPANLEDGER_STOR: 'local' } });
    expect(other).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^warning: SPANLEDGER_STOR /) });
  });

  it('is content with a good file', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'c.yaml'), 'traces: { ratio: 0.5 }\n');
    const { exitCode, stdout, stderr } = await config(cwd, '--check', 'c.yaml');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${join(cwd, 'c.yaml')}: no errors\n`,
      stderr: '',
    });
  });
});

describe('the JSON Schema', () => {
  it('is the one that is published (npm run readme)', async () => {
    const { stdout } = await config(temporaryDirectory(), '--schema');
    expect(JSON.parse(stdout)).toEqual(SCHEMA);
  });

  it.each([
    '{}',
    'database: { url: x }\nanalytics: { other: 1, conversation_tracking: }\ntraces:',
    'analytics: { conversation_tracking: { bigquery: { project: my-project, dataset: d }, zip_metrics_timeout: 30 } }',
    `analytics: { conversation_tracking: { bigquery: { project: "\${PROJECT:-my-project}" }, turn_timeout: "\${T}" } }`,
    'analytics: { conversation_tracking: { content: { mode: truncate(20), fields: { user_id: hash }, redact: all } } }',
    'analytics: { conversation_tracking: { content: { redact: [email, jwt], patterns: { order: "\\\\d{8}" } } } }',
    'analytics: { conversation_tracking: { prices: { m: { input: 1, output: 2.5, cached_input: 0 } } } }',
    'traces: { exporter: "otlp, console", agent_ratios: { "*": 0.1 }, record_names: a }',
    'traces: { exporter: [otlp-google], keep_errors: true, keep_slower_than: 3 }',
  ])('takes what is read: %s', (text) => {
    const path = join(temporaryDirectory(), 'c.yaml');
    writeFileSync(path, text);
    resolveConfig({ env: { T: '5' }, configFile: path });
    expect(matchesSchema(SCHEMA, parse(text))).toBe(true);
  });

  it.each([
    'traces: { exporters: otlp }',
    'traces: { exporter: [zipkin] }',
    'traces: { ratio: 2 }',
    'traces: []',
    'traces: { keep_errors: perhaps }',
    'analytics: { conversation_tracking: { stor: local } }',
    'analytics: { conversation_tracking: { store: disk } }',
    'analytics: { conversation_tracking: { max_held_bytes: 65536.5 } }',
    'analytics: { conversation_tracking: { bigquery: { project: "x y" } } }',
    'analytics: { conversation_tracking: { bigquery: my-project } }',
    'analytics: { conversation_tracking: { content: { mode: some } } }',
    'analytics: { conversation_tracking: { content: { fields: { nothing: hash } } } }',
    'analytics: { conversation_tracking: { prices: { m: { input: 1 } } } }',
    'analytics: { conversation_tracking: { fallback: { endpoint: "http://x" } } }',
  ])('refuses what is refused: %s', (text) => {
    const path = join(temporaryDirectory(), 'c.yaml');
    writeFileSync(path, text);
    expect(() => resolveConfig({ env: {}, configFile: path })).toThrow();
    expect(matchesSchema(SCHEMA, parse(text))).toBe(false);
  });
});
