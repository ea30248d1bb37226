import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.ts';
import { resolveConfig } from '../../src/config/resolve-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'spanledger-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
function file(text: string): string {
  files += 1;
  const path = join(directory, `${files}.yaml`);
  writeFileSync(path, text);
  return path;
}

function resolveFile(text: string, env: Record<string, string> = {}) {
  return resolveConfig({ configFile: file(text), env });
}

const SECTION = 'analytics.conversation_tracking';
const tracking = (lines: string): string => `analytics:\n  conversation_tracking:\n${lines.replace(/^/gm, '    ')}\n`;

const FILE = `
analytics:
  conversation_tracking:
    enabled: true
    store: bigquery
    bigquery: { project: my-project, dataset: chat, table: logs }
    zip_metrics_timeout: 12      # seconds
`;

describe('resolveConfig', () => {
  it('has a default for everything', () => {
    const { values, sources, configFile } = resolveConfig({ env: {}, configFile: false });
    for (const [name, { fallback }] of Object.entries(SETTINGS)) {
      expect(Reflect.get(values, name)).toEqual(fallback);
      expect(Reflect.get(sources, name)).toBe('default');
    }
    expect(configFile).toBeUndefined();
  });

  it.each(Object.entries(SETTINGS))('takes the default of %s when code gives it', (name, { fallback }) => {
    const { values } = resolveConfig({ settings: { [name]: fallback }, env: {}, configFile: false });
    expect(Reflect.get(values, name)).toEqual(fallback);
  });

  it('reads a file', () => {
    const { values, sources } = resolveFile(FILE);
    expect(values).toMatchObject({
      enabled: true,
      store: 'bigquery',
      project: 'my-project',
      dataset: 'chat',
      table: 'logs',
      zipMetricsTimeoutSeconds: 12,
    });
    expect(sources).toMatchObject({ store: 'file', turnTimeoutSeconds: 'default' });
  });

  it('takes code over environment over file over default', () => {
    const env = { SPANLEDGER_STORE: 'auto', SPANLEDGER_BIGQUERY_DATASET: 'from_env' };
    const { values, sources } = resolveConfig({ settings: { store: 'local' }, env, configFile: file(FILE) });
    expect(values).toMatchObject({ store: 'local', dataset: 'from_env', table: 'logs', turnTimeoutSeconds: 600 });
    expect(sources).toMatchObject({
      store: 'code',
      dataset: 'environment',
      table: 'file',
      turnTimeoutSeconds: 'default',
    });
  });

  it.each([
    ['an empty file', ''],
    ['a file of comments', '# nothing\n'],
    ['a byte order mark', `\uFEFF${FILE}`],
    ['JSON', '{"analytics":{"conversation_tracking":{"enabled":true}}}'],
    ["the application's own settings", 'database: { url: x }\nanalytics: { other: 1 }\n'],
    ['an empty section', 'analytics:\n  conversation_tracking:\n'],
  ])('takes %s', (_, text) => {
    expect(resolveFile(text).values.enabled).toBe(true);
  });

  it.each([
    ['an unknown key, with a suggestion', tracking('stor: local'), /stor is not a setting; did you mean .*\.store\?/],
    [
      'an unknown key of traces',
      'traces: { exporters: local }',
      /traces\.exporters is not a setting; did you mean traces\.exporter\?/,
    ],
    ['a wrong word', tracking('store: disk'), /\.store is "disk"; allowed: auto, local, bigquery/],
    [
      'a wrong type',
      tracking('zip_metrics_timeout: soon'),
      /zip_metrics_timeout is "soon"; allowed: a number of seconds from 0 to 3600/,
    ],
    ['a list for a word', tracking('store: [local]'), /\.store is a list; allowed/],
    ['a value for a mapping', tracking('bigquery: my-project'), /bigquery is no mapping/],
    ['a project with a quote', tracking('bigquery: { project: "x`; DROP" }'), /bigquery\.project is "x`; DROP"/],
    [
      'a wrong price',
      tracking('prices: { m: { input: -1, output: 2 } }'),
      /prices is a mapping; allowed: a mapping of model names/,
    ],
    [
      'a time zone that is none',
      tracking('statistics: { time_zone: Santiago }'),
      /time_zone is "Santiago"; allowed: the IANA/,
    ],
    ['a duplicate key', tracking('store: local\nstore: auto'), /is not valid YAML: Map keys must be unique/],
    ['tabs', 'analytics:\n\tconversation_tracking:\n', /is not valid YAML/],
    ['half a file', 'analytics:\n  conversation_tracking: {', /is not valid YAML/],
    [
      'an unset variable',
      tracking(`bigquery: { project: "\${NO_PROJECT}" }`),
      /refers to \$\{NO_PROJECT\}, and the variable NO_PROJECT is not set/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => resolveFile(text)).toThrow(ConfigurationError);
    expect(() => resolveFile(text)).toThrow(message);
  });

  it('tells everything that is wrong at once, from wherever it comes', () => {
    const project = `bigquery: { project: "\${NO_PROJECT}" }`;
    const text = `${tracking(`stor: local\nzip_metrics_timeout: soon\n${project}`)}traces: 1\n`;
    const resolve = () =>
      resolveConfig({ configFile: file(text), env: { SPANLEDGER_CONTENT: 'some' }, settings: { maxHeldBytes: 12 } });
    const path = join(directory, `${files + 1}.yaml`);
    let error: unknown;
    try {
      resolve();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      key: `${path}: ${SECTION}.stor`,
      problems: [
        { key: `${path}: ${SECTION}.stor`, problem: `is not a setting; did you mean ${SECTION}.store?` },
        { key: `${SECTION}.bigquery.project`, problem: expect.stringContaining('NO_PROJECT is not set') },
        { key: `${path}: traces`, problem: 'is no mapping; allowed: a mapping of settings' },
        { key: `${SECTION}.zip_metrics_timeout`, problem: 'is "soon"; allowed: a number of seconds from 0 to 3600' },
        { key: 'option maxHeldBytes', problem: expect.stringMatching(/^is 12; allowed: /) },
        { key: 'SPANLEDGER_CONTENT', problem: expect.stringMatching(/^is "some"; allowed: /) },
      ],
    });
    expect(String(error).split('\n')).toHaveLength(6);
  });

  it.each([
    ['analitycs: { conversation_tracking: { store: local } }', 'analitycs', 'analytics'],
    ['trace: { exporter: none }', 'trace', 'traces'],
    ['trace: { exporters: none }', 'trace', 'traces'],
    ['analytics: { conversation_traking: { store: local } }', 'analytics.conversation_traking', SECTION],
    ['analytics: { conversationTracking: { store: local } }', 'analytics.conversationTracking', SECTION],
    ['conversation_tracking: { store: local }', 'conversation_tracking', SECTION],
    ['analytics: { traces: { exporter: none } }', 'analytics.traces', 'traces'],
  ])('tells of %s, which nobody reads', (text, key, meant) => {
    const { nearMisses, values, configFile } = resolveFile(text);
    expect(nearMisses).toEqual([`${configFile}: ${key} is read by nobody; did you mean ${meant}?`]);
    expect(values).toMatchObject({ store: 'auto', traceExporters: [] });
  });

  it.each([
    'trades: { history: 30 }',
    'trace: true',
    'tracing: { exporter: console }',
    'analytics: { conversion_tracking: { pixel: x } }',
    'analytic: { google: x }',
    '[]',
  ])("leaves the application's %s alone", (text) => {
    expect(resolveFile(text).nearMisses).toEqual([]);
  });

  it('tells of variables that look like ours, with the nearest that is', () => {
    const env = {
      SPANLEDGER_STOR: 'local',
      SPANLEDGER_CONFG: 'x.yaml',
      SPANLEDGER_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      SPANLEDGER_SERVICE_HOST: '10.0.0.1',
      OTHER: 'x',
    };
    expect(resolveConfig({ env, configFile: false }).warnings).toEqual([
      'SPANLEDGER_STOR is no variable of ours; did you mean SPANLEDGER_STORE?',
      'SPANLEDGER_CONFG is no variable of ours; did you mean SPANLEDGER_CONFIG?',
    ]);
  });

  it('replaces variables in the file', () => {
    const text = tracking(`bigquery: { project: "\${PROJECT}", dataset: "\${DATASET:-fallback}" }`);
    expect(resolveFile(text, { PROJECT: 'from-variable' }).values).toMatchObject({
      project: 'from-variable',
      dataset: 'fallback',
    });
  });

  it('says and ignores a bad variable, as OpenTelemetry does', () => {
    const { values, sources, warnings } = resolveConfig({
      env: { SPANLEDGER_STORE: 'disk', SPANLEDGER_ENABLED: 'no', SPANLEDGER_BIGQUERY_TABLE: '' },
      configFile: false,
    });
    expect(values).toMatchObject({ store: 'auto', enabled: true, table: 'conversation_logs' });
    expect(sources.store).toBe('default');
    expect(warnings).toEqual([
      'SPANLEDGER_ENABLED is "no"; allowed: true, false; it is ignored',
      'SPANLEDGER_STORE is "disk"; allowed: auto, local, bigquery; it is ignored',
    ]);
  });

  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('reads the flag %s', (text, enabled) => {
    expect(resolveConfig({ env: { SPANLEDGER_ENABLED: text }, configFile: false }).values.enabled).toBe(enabled);
  });

  it.each([
    ['bigquery.europe-west3.rep.googleapis.com', 'https://bigquery.europe-west3.rep.googleapis.com'],
    ['https://bigquery-psc.p.googleapis.com/', 'https://bigquery-psc.p.googleapis.com'],
    ['127.0.0.1:9050', 'https://127.0.0.1:9050'],
    ['http://127.0.0.1:9050', 'http://127.0.0.1:9050'],
  ])('reads the endpoint %s', (text, endpoint) => {
    const settings = { bigqueryEndpoint: text };
    expect(resolveConfig({ settings, env: {}, configFile: false }).values.bigqueryEndpoint).toBe(endpoint);
  });

  it.each([
    { bigqueryEndpoint: 'ftp://host' },
    { bigqueryEndpoint: 'https://host/bigquery/v2' },
    { bigqueryEndpoint: 'https://me@host' },
    { bigqueryEndpoint: 'a host' },
    { fallbackEndpoint: 'http://host' },
  ])('refuses the endpoint of %j', (settings) => {
    expect(() => resolveConfig({ settings, env: {}, configFile: false })).toThrow(/allowed: a host or a URL of one/);
  });

  it('refuses a bad value in code, naming it', () => {
    expect(() => resolveConfig({ settings: { maxHeldBytes: 12 }, env: {}, configFile: false })).toThrow(
      'option maxHeldBytes is 12; allowed: a whole number of bytes from 65536 to 1125899906842624',
    );
  });

  it('refuses a file that is named and not there, and goes on without the default one', () => {
    const missing = join(directory, 'missing.yaml');
    expect(() => resolveConfig({ configFile: missing, env: {} })).toThrow(
      `configFile names ${missing}, which does not exist`,
    );
    expect(() => resolveConfig({ env: { SPANLEDGER_CONFIG: missing } })).toThrow(/^SPANLEDGER_CONFIG names/);
    expect(resolveConfig({ env: {} }).configFile).toBeUndefined();
  });

  it('refuses a directory as its file', () => {
    expect(() => resolveConfig({ configFile: directory, env: {} })).toThrow(/cannot be read/);
  });

  it.each([
    ['SPANLEDGER_BIGQUERY_PROJECT', 'own-project'],
    ['GOOGLE_CLOUD_PROJECT', 'own-project'],
  ])('takes the project from %s', (variable, project) => {
    expect(resolveConfig({ env: { [variable]: project }, configFile: false }).values.project).toBe(project);
  });

  it('names every key and every variable once', () => {
    const settings = Object.values(SETTINGS);
    expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
    const variables = settings.flatMap(({ env }) => env);
    expect(new Set(variables).size).toBe(variables.length);
  });
});
