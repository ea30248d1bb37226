// The package as its users get it: packed, judged by the linters of packages, installed elsewhere, used.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

let directory: string;
const tarball = inject('tarball');
let project: string;
const installed = (): string => join(project, 'node_modules/spanledger');

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args, '--loglevel=error'], { cwd, encoding: 'utf8' });

/** A user's environment: this Node, as `#!/usr/bin/env node` finds it, and no option of the tests. */
function userEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}` };
}

const node = (code: string) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: project,
    encoding: 'utf8',
    env: userEnvironment(),
  });

const spanledger = (...args: string[]) =>
  spawnSync(join(project, 'node_modules/.bin/spanledger'), args, {
    cwd: project,
    encoding: 'utf8',
    env: userEnvironment(),
  });

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'spanledger-package-'));
  project = join(directory, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], project);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('publint has no complaint', () => {
  const run = spawnSync(join(BIN, 'publint'), ['run', '--strict', tarball], { encoding: 'utf8' });
  expect(run.stdout).toContain('All good!');
  expect(run.status).toBe(0);
});

test('attw resolves the types of every entry', () => {
  const run = spawnSync(join(BIN, 'attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], {
    encoding: 'utf8',
  });
  expect(run.status).toBe(0);
});

test('nothing but the build and its papers is in the tarball', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trimEnd().split('\n');
  const strays = files.filter(
    (file) =>
      !/^package\/(?:dist\/.+\.(?:js|js\.map|d\.ts|d\.ts\.map)|dist\/THIRD-PARTY\.txt|(?:src|exporters)\/.+\.ts|docs\/.+\.md|examples\/.+|package\.json|config\.schema\.json|README\.md|CONTRIBUTING\.md|LICENSE|CHANGELOG\.md)$/.test(
        file,
      ),
  );
  expect(strays).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['package/README.md', 'package/LICENSE', 'package/docs/start-up.md']));
});

test('nothing of it runs at installation', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')).scripts);
  expect(scripts.filter((name) => /^(?:pre|post)?(?:install|prepare|publish)$/.test(name))).toEqual([]);
});

test('what its pages link to is in the package', () => {
  const pages = ['README.md', ...readdirSync(join(installed(), 'docs')).map((name) => `docs/${name}`)];
  const links = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...readFileSync(join(installed(), page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
        ([, link = '']) => join(dirname(page), link),
      ),
    );
  expect(links).not.toEqual([]);
  expect(links.filter((link) => !existsSync(join(installed(), link)))).toEqual([]);
});

test('"go to definition" finds the sources', () => {
  const maps = readdirSync(join(installed(), 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.d.ts.map'),
  );
  expect(maps.length).toBeGreaterThan(100);
  const lost = maps.filter((map) => {
    const path = join(installed(), 'dist', map);
    const { sources } = JSON.parse(readFileSync(path, 'utf8'));
    return sources.some((source: string) => !existsSync(join(dirname(path), source)));
  });
  expect(lost).toEqual([]);
});

test('every option says in the editor what it does', () => {
  const files = [
    ...[
      'start/start-options',
      'instrumentation/trace-agent',
      'instrumentation/trace-model-call',
      'instrumentation/trace-tool',
    ],
    ...[
      'instrumentation/with-turn-context',
      'instrumentation/adk/spanledger-plugin',
      'zip/zip-options',
      'base/diagnostics',
    ],
    ...readdirSync(join(ROOT, 'src/config/settings')).map((name) => `config/settings/${name.replace(/\.ts$/, '')}`),
  ];
  const silent = files.flatMap((file) => {
    const lines = readFileSync(join(installed(), `dist/src/${file}.d.ts`), 'utf8').split('\n');
    return lines.filter((line, i) => /^ {4}readonly \w+\??: /.test(line) && !/\*\/\s*$/.test(lines[i - 1] ?? ''));
  });
  expect(silent).toEqual([]);
});

test('only what is public can be imported', () => {
  const subpaths = Object.keys(manifest.exports).filter((path) => path !== './package.json');
  expect(subpaths.sort()).toEqual([
    '.',
    './adk',
    './config.schema.json',
    './exporters/bigquery',
    './exporters/cloud-trace',
    './exporters/dual', // migration
    './exporters/local',
    './exporters/otlp-google',
    './instrument',
    './zip',
  ]);
  const run = node(`import 'spanledger/exporters/otlp'`);
  expect(run.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('a stack trace names the sources', () => {
  const run = spawnSync(
    process.execPath,
    ['--enable-source-maps', '--input-type=module', '-e', `(await import('spanledger')).start({ store: 'nowhere' })`],
    { cwd: project, encoding: 'utf8' },
  );
  expect(run.stderr).toMatch(/at resolveConfig \(.*src\/config\/resolve-config\.ts:\d+/);
});

test('installs without a Google client: they are optional', () => {
  const run = node(`import.meta.resolve('@google-cloud/bigquery')`);
  expect(run.stderr).toContain('ERR_MODULE_NOT_FOUND');
});

test.each([
  {
    entry: 'spanledger',
    names: ['start', 'createSpanledger', 'traceAgent', 'traceModelCall', 'traceTool', 'ConfigurationError'],
  },
  { entry: 'spanledger/zip', names: ['createZip', 'ZipError'] },
  { entry: 'spanledger/exporters/bigquery', names: ['BigQuerySpanExporter'] },
  { entry: 'spanledger/exporters/dual', names: ['DualSpanExporter'] }, // migration
  { entry: 'spanledger/exporters/otlp-google', names: ['OtlpGoogleSpanExporter'] },
  { entry: 'spanledger/exporters/cloud-trace', names: ['CloudTraceSpanExporter'] },
  { entry: 'spanledger/exporters/local', names: ['LocalSpanExporter'] },
])('import of $entry', ({ entry, names }) => {
  const run = node(`console.log(JSON.stringify(Object.keys(await import('${entry}'))))`);
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual(expect.arrayContaining(names));
});

test('the side-effect entry starts and lets the process end', () => {
  const run = node(`import 'spanledger/instrument'; console.log('host');`);
  expect(run).toMatchObject({ status: 0, stdout: 'host\n', stderr: '' });
});

test('the ADK entry works beside an installed ADK', () => {
  mkdirSync(join(project, 'node_modules/@google'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/@google/adk'), join(project, 'node_modules/@google/adk'));
  const run = node(`console.log(typeof (await import('spanledger/adk')).SpanledgerPlugin)`);
  expect(run).toMatchObject({ status: 0, stdout: 'function\n' });
});

test('a store that needs a missing client says what to install', () => {
  const run = spanledger('init', '--project', 'my-project');
  expect(run.status).toBe(1);
  expect(run.stderr).toBe(
    'spanledger: BigQuery needs the package @google-cloud/bigquery. Install it: npm install @google-cloud/bigquery\n',
  );
});

test('the command runs through the link that npm makes', () => {
  expect(spanledger('--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  const { otlp } = JSON.parse(
    readFileSync(join(ROOT, 'test/fixtures/dialects/google-adk-2.0.0-toolloop.json'), 'utf8'),
  );
  writeFileSync(join(project, 'spans.json'), JSON.stringify(otlp));
  const mapped = spanledger('map', 'spans.json');
  expect(mapped).toMatchObject({ status: 0, stderr: '7 spans, 1 turn\n' });
  expect(JSON.parse(mapped.stdout)).toMatchObject({ span_dialect: expect.stringContaining('adk'), success: true });
  expect(spanledger('init').stdout).toContain('created table conversation_logs');
});

test('a turn becomes a row in SQLite, and the command finds it', () => {
  const run = node(`import 'spanledger/instrument';
import { traceAgent, traceModelCall } from 'spanledger';
await traceAgent({ name: 'finder', question: '¿Cuántas facturas?', userId: 'ana' }, async (agent) => {
  await traceModelCall({ provider: 'gcp.vertex_ai', model: 'gemini-2.5-flash' }, async (call) => {
    call.setUsage({ inputTokens: 120, outputTokens: 9 });
  });
  agent.setAnswer('Doce.');
});`);
  expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const found = spanledger('query', 'tokens-per-day', '--json');
  expect(found).toMatchObject({ status: 0, stderr: '' });
  expect(found.stdout).toContain('129');
});

test('the types compile in a strict project', () => {
  writeFileSync(
    join(project, 'use.ts'),
    `import { createSpanledger, type Spanledger, start, traceAgent } from 'spanledger';
import { SpanledgerPlugin } from 'spanledger/adk';
import { createZip } from 'spanledger/zip';
import 'spanledger/instrument';
const ledger: Spanledger = createSpanledger({ store: 'local' });
const request: { userId?: string; question?: string } = {};
const { userId, question } = request;
const client = { userAgent: undefined };
createSpanledger({ project: undefined, localPath: undefined, sink: undefined });
const answer: Promise<string> = traceAgent({ name: 'a', userId, question, client }, async (agent) => { agent.setAnswer('b'); return 'b'; });
// @ts-expect-error an unknown word
start({ store: 'disk' });
export const all: unknown[] = [ledger, answer, new SpanledgerPlugin(), createZip({ entries: [], destination: 'x.zip' })];
`,
  );
  cpSync(join(ROOT, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'), { recursive: true });
  cpSync(join(ROOT, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'), { recursive: true });
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        module: 'nodenext',
        target: 'es2024',
        types: ['node'],
        noEmit: true,
        skipLibCheck: true,
        exactOptionalPropertyTypes: true,
      },
      files: ['use.ts'],
    }),
  );
  const run = spawnSync(join(BIN, 'tsc'), ['-p', project], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});

test('a CommonJS project compiles and runs', () => {
  const folder = join(project, 'common');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const body = `const ledger: StartedSpanledger = start();
export const made = [typeof ledger.shutdown, typeof createZip, typeof BigQuerySpanExporter, typeof traceAgent];
console.log(made.join());`;
  writeFileSync(
    join(folder, 'use.ts'),
    `import { type StartedSpanledger, start, traceAgent } from 'spanledger';
import { BigQuerySpanExporter } from 'spanledger/exporters/bigquery';
import { createZip } from 'spanledger/zip';
${body}`,
  );
  const options = ['--module', 'nodenext', '--target', 'es2024', '--strict', '--skipLibCheck', '--types', 'node'];
  const compiled = spawnSync(join(BIN, 'tsc'), [...options, '--ignoreConfig', 'use.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(compiled.stdout).toBe('');
  expect(readFileSync(join(folder, 'use.js'), 'utf8')).toContain('require("spanledger")');
  const run = spawnSync(process.execPath, ['use.js'], { cwd: folder, encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stdout: 'function,function,function,function\n', stderr: '' });
});
