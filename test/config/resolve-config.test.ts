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

  it('says everything that is wrong at once, each with what is allowed or meant', () => {
    const text = tracking(`stor: local\nzip_metrics_timeout: soon\nbigquery: { project: "\${NO_PROJECT}", datset: x }`);
    const found = (): unknown => {
      try {
        return resolveFile(`${text}traces:\n  ratio: 2\n`, { SPANLEDGER_REDACT: 'everything' });
      } catch (error) {
        return error;
      }
    };
    const error = found();
    expect(error).toBeInstanceOf(ConfigurationError);
    const lines = error instanceof ConfigurationError ? error.message.split('\n') : [];
    expect(lines).toEqual([
      expect.stringMatching(/\.stor is not a setting; did you mean .*\.store\?$/),
      expect.stringMatching(/\.datset is not a setting; did you mean .*\.bigquery\.dataset\?$/),
      expect.stringContaining(`refers to \${NO_PROJECT}`),
      expect.stringContaining('zip_metrics_timeout is "soon"; allowed: a number of seconds'),
      expect.stringContaining('SPANLEDGER_REDACT is "everything"; allowed: one or more of'),
      expect.stringContaining('traces.ratio is 2; allowed: a number from 0 to 1'),
    ]);
  });

  it('tells of a variable that nobody reads, and of sections that look mistyped', () => {
    const env = { SPANLEDGER_BACKND: 'solid', SPANLEDGER_STORE: 'local', OTHER: 'x' };
    expect(resolveConfig({ env, configFile: false }).warnings).toEqual([
      expect.stringMatching(/^SPANLEDGER_BACKND is no variable of spanledger's; did you mean SPANLEDGER_\w+\?$/),
    ]);
    const warningsOf = (text: string): readonly string[] =>
      resolveFile(text).warnings.map((each) => each.replace(/^\S+: /, ''));
    expect(warningsOf('analitycs:\n  conversation_tracking: { store: local }\n')).toEqual([
      "analitycs is no section of spanledger's; did you mean analytics?",
    ]);
    expect(warningsOf('analytics:\n  conversation_traking: { store: local }\ntraces: { ratio: 1 }\n')).toEqual([
      "analytics.conversation_traking is no section of spanledger's; did you mean conversation_tracking?",
    ]);
    expect(warningsOf('server: { port: 80 }\nanalytics: { other: {} }\n')).toEqual([]);
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
