import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { AGENT_ROW, AGENT_TURN } from './agent-turn.ts';
import { type Finished, type Host, InstalledPackage } from './app-directory.ts';

const tsx = createRequire(import.meta.url).resolve('tsx');
const RUN = `import * as api from '@opentelemetry/api';\nimport { runTurn } from './turn.mjs';\nawait runTurn(api);\n`;
const RUN_WITH_TYPES = RUN.replace('await', 'const done: Promise<unknown> = Promise.resolve();\nawait done;\nawait');

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await InstalledPackage.install();
});
afterAll(() => installed.remove());

const hostWith = (files: Readonly<Record<string, string>>): Promise<Host> =>
  installed.host({ 'turn.mjs': AGENT_TURN, ...files });

/** One right row, its trace, and a host that noticed nothing. */
function expectOneTurn(host: Host, { code, stderr }: Finished): void {
  // A shutdown says what became of the rows, and nothing else is said.
  expect(stderr).toMatch(/^(?:\[ANALYTICS\] Statistics shutdown: .*\n)?$/);
  expect(code).toBe(0);
  expect(host.turns()).toMatchObject([AGENT_ROW]);
}

function expectTrace(host: Host): void {
  const [turn] = host.turns();
  const spans = host.spans().filter(({ trace_id }) => trace_id === turn?.trace_id);
  expect(spans.map(({ name }) => name).sort()).toEqual(['chat gemini', 'invoke_agent invoice']);
}

describe.concurrent('start-up of a host that leaves OpenTelemetry to the package', () => {
  it('ESM: the import comes first', async () => {
    const host = await hostWith({ 'main.mjs': `import 'spanledger/instrument';\n${RUN}` });
    expectOneTurn(host, await host.run('main.mjs'));
    expectTrace(host);
  });

  it('ESM: --import', async () => {
    const host = await hostWith({ 'main.mjs': RUN });
    expectOneTurn(host, await host.run('main.mjs', { nodeArguments: ['--import', 'spanledger/instrument'] }));
    expectTrace(host);
  });

  it('ESM: start() in code', async () => {
    const main = `import { start } from 'spanledger';
const ledger = start();
${RUN}console.log(JSON.stringify(await ledger.shutdown()));`;
    const host = await hostWith({ 'main.mjs': main });
    const finished = await host.run('main.mjs');
    expectOneTurn(host, finished);
    expect(JSON.parse(finished.stdout)).toMatchObject({ settled: true, pending: 0 });
  });

  it.each([
    ['require in the code', `require('spanledger/instrument');\n`, []],
    ['--require', '', ['--require', 'spanledger/instrument']],
    ['--import', '', ['--import', 'spanledger/instrument']],
  ])('CommonJS: %s', async (_, first, nodeArguments) => {
    const turn = AGENT_TURN.replace('export async function', 'module.exports.runTurn = async function');
    const main = `${first}const api = require('@opentelemetry/api');\nrequire('./turn.cjs').runTurn(api);\n`;
    const host = await installed.host({ 'turn.cjs': turn, 'main.cjs': main });
    expectOneTurn(host, await host.run('main.cjs', { nodeArguments }));
    expectTrace(host);
  });

  it("TypeScript: Node's type stripping", async () => {
    const host = await hostWith({ 'main.mts': `import 'spanledger/instrument';\n${RUN_WITH_TYPES}` });
    expectOneTurn(host, await host.run('main.mts'));
  });

  it.each([
    ['--import tsx, then the package', ['--import', tsx, '--import', 'spanledger/instrument'], ''],
    ['--import tsx, the package in the code', ['--import', tsx], `import 'spanledger/instrument';\n`],
  ])('TypeScript: %s', async (_, nodeArguments, first) => {
    const host = await hostWith({ 'main.mts': `${first}${RUN_WITH_TYPES}` });
    expectOneTurn(host, await host.run('main.mts', { nodeArguments }));
  });

  it.each([
    ['esm', 'mjs'],
    ['cjs', 'cjs'],
  ] as const)('bundled with esbuild as %s', async (format, extension) => {
    const main = `import 'spanledger/instrument';\nimport * as api from '@opentelemetry/api';\nimport { runTurn } from './turn.mjs';\nvoid runTurn(api);\n`;
    const host = await hostWith({ 'main.mjs': main });
    const outfile = join(host.directory, `bundle.${extension}`);
    await build({
      entryPoints: [join(host.directory, 'main.mjs')],
      outfile,
      bundle: true,
      platform: 'node',
      format,
      target: 'node22',
      // Loaded when used, if at all; CommonJS packages inside need a require in an ES module.
      external: ['@google-cloud/*', 'google-auth-library', '@google/adk', '@openfeature/server-sdk'],
      ...(format === 'esm' && {
        banner: {
          js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
        },
      }),
      logLevel: 'error',
    });
    expectOneTurn(host, await host.run(outfile));
    expectTrace(host);
  });
});

describe.concurrent('start-up beside somebody else', () => {
  const own = `import { createSpanledger } from 'spanledger';\nconst ledger = createSpanledger();\n`;
  const stop = `\nconst result = await ledger.shutdown();\nif (!result.settled) console.error(result.detail);\n`;

  it('a host that starts OpenTelemetry itself', async () => {
    const main = `${own}import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
new NodeTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler }).register();
${RUN}${stop}`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs'));
    expectTrace(host);
  });

  it('a host with NodeSDK', async () => {
    const main = `${own}import { NodeSDK } from '@opentelemetry/sdk-node';
const sdk = new NodeSDK({
  spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler, metricReaders: [], logRecordProcessors: [],
});
sdk.start();
${RUN}await sdk.shutdown();${stop}`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs'));
    expectTrace(host);
  });

  it('Sentry, which takes processors', async () => {
    const main = `${own}import * as Sentry from '@sentry/node';
Sentry.init({
  dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: 1, openTelemetrySpanProcessors: [...ledger.spanProcessors],
  transport: () => ({ send: async () => ({}), flush: async () => true }),
});
${RUN}${stop}process.exit(0);`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs'));
  });

  it('Sentry that leaves OpenTelemetry to the package', async () => {
    const main = `import 'spanledger/instrument';
import * as Sentry from '@sentry/node';
Sentry.init({
  dsn: 'http://key@127.0.0.1:9/1', skipOpenTelemetrySetup: true,
  transport: () => ({ send: async () => ({}), flush: async () => true }),
});
${RUN}`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs'));
  });

  it('Langfuse, with its processor beside ours', async () => {
    const main = `${own}import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { startActiveObservation } from '@langfuse/tracing';
const langfuse = new LangfuseSpanProcessor({
  publicKey: 'pk', secretKey: 'sk', baseUrl: 'http://127.0.0.1:9',
  exporter: { export: (_, done) => done({ code: 0 }), shutdown: async () => {} },
});
new NodeTracerProvider({ spanProcessors: [langfuse, ...ledger.spanProcessors], sampler: ledger.sampler }).register();
await startActiveObservation('invoice', async (agent) => {
  agent.update({ input: 'How many invoices?' });
  await startActiveObservation('call', async (model) => {
    model.update({ model: 'gemini', input: 'How many invoices?', output: 'Twelve.', usageDetails: { input: 12, output: 3, total: 15 } });
  }, { asType: 'generation' });
  agent.update({ output: 'Twelve.' });
}, { asType: 'agent' });
await langfuse.forceFlush();${stop}`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs'));
  });

  it('Langfuse, with its processor added to ours', async () => {
    const main = `import { start } from 'spanledger';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { runTurn } from './turn.mjs';
import * as api from '@opentelemetry/api';
const names = [];
const ledger = start();
ledger.addSpanProcessor(new LangfuseSpanProcessor({
  publicKey: 'pk', secretKey: 'sk', baseUrl: 'http://127.0.0.1:9',
  exporter: { export: (spans, done) => { names.push(...spans.map(({ name }) => name)); done({ code: 0 }); }, shutdown: async () => {} },
}));
await runTurn(api);
await ledger.flush();
console.log(names.join());`;
    const host = await hostWith({ 'main.mjs': main });
    const finished = await host.run('main.mjs');
    expectOneTurn(host, finished);
    expect(finished.stdout).toBe('chat gemini,invoke_agent invoice\n');
  });

  it('OpenLLMetry, which starts an SDK of its own', async () => {
    const main = `${own}import * as traceloop from '@traceloop/node-server-sdk';
traceloop.initialize({
  appName: 'host', disableBatch: true, silenceInitializationMessage: true, traceloopSyncEnabled: false,
  exporter: { export: (_, done) => done({ code: 0 }), shutdown: async () => {} },
  processor: {
    onStart: (span, context) => ledger.spanProcessors.forEach((each) => each.onStart(span, context)),
    onEnd: (span) => ledger.spanProcessors.forEach((each) => each.onEnd(span)),
    forceFlush: async () => {}, shutdown: async () => {},
  },
});
${RUN}${stop}process.exit(0);`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs', { env: { TRACELOOP_TELEMETRY: 'false' } }));
  });

  it('OpenLLMetry beside the package, with its processor added to the global provider', async () => {
    const main = `import { trace } from '@opentelemetry/api';
import * as traceloop from '@traceloop/node-server-sdk';
const seen = [];
const exporter = { export: (spans, done) => { seen.push(...spans); done({ code: 0 }); }, shutdown: async () => {} };
traceloop.initialize({
  appName: 'host', apiKey: 'none', silenceInitializationMessage: true, traceloopSyncEnabled: false, exporter,
});
trace.getTracerProvider().addSpanProcessor(traceloop.createSpanProcessor({ exporter }));
const ids = { user_id: 'ana', session_id: 'session-1' };
await traceloop.withAssociationProperties(ids, () => traceloop.withAgent({ name: 'invoice' }, async () => 'Twelve.'));
process.once('exit', () => console.log(seen.map(({ name }) => name).join()));`;
    const host = await hostWith({ 'main.mjs': main });
    const finished = await host.run('main.mjs', {
      nodeArguments: ['--import', 'spanledger/instrument'],
      env: { TRACELOOP_TELEMETRY: 'false' },
    });
    // Batched by its own processor, and flushed with the ledger.
    expect(finished).toMatchObject({ code: 0, stderr: '', stdout: 'invoice.agent\n' });
    expect(host.turns()).toMatchObject([{ agent_name: 'invoice', user_id: 'ana', session_id: 'session-1' }]);
  });

  it('a library that makes a provider of its own where the global one takes no processors, as OpenLIT', async () => {
    const main = `import 'spanledger/instrument';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { runTurn } from './turn.mjs';
const present = trace.getTracerProvider();
const provider = typeof present.addSpanProcessor === 'function' ? present : new BasicTracerProvider();
await runTurn({ trace: { getTracer: (...scope) => provider.getTracer(...scope) } });`;
    const host = await hostWith({ 'main.mjs': main });
    expectOneTurn(host, await host.run('main.mjs'));
  });

  it("the AI SDK's own telemetry", async () => {
    const main = `import 'spanledger/instrument';
import { generateText, registerTelemetry } from 'ai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { MockLanguageModelV4 } from 'ai/test';
registerTelemetry(new OpenTelemetry());
const model = new MockLanguageModelV4({
  modelId: 'gemini', provider: 'google',
  doGenerate: async () => ({
    content: [{ type: 'text', text: 'Twelve.' }], finishReason: { unified: 'stop', raw: 'stop' }, warnings: [],
    usage: { inputTokens: { total: 12, noCache: 12, cacheRead: 0 }, outputTokens: { total: 3, text: 3, reasoning: 0 } },
  }),
});
await generateText({ model, prompt: 'How many invoices?', telemetry: { isEnabled: true, functionId: 'invoice' } });
`;
    const host = await hostWith({ 'main.mjs': main });
    const finished = await host.run('main.mjs');
    const { agent_name: _, ...row } = AGENT_ROW;
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(host.turns()).toMatchObject([row]);
  });

  it('a provider that was registered first is told of, and the host goes on', async () => {
    const main = `import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
new NodeTracerProvider().register();
await import('spanledger/instrument');
${RUN}console.log('done');`;
    const host = await hostWith({ 'main.mjs': main });
    const { code, stdout, stderr } = await host.run('main.mjs');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
    expect(stderr).toContain('another OpenTelemetry tracer provider is registered (NodeTracerProvider)');
    expect(stderr).toContain('createSpanledger()');
    expect(host.turns()).toEqual([]);
  });
});

describe.concurrent('start-up that is switched off', () => {
  const main = `import 'spanledger/instrument';\n${RUN}console.log('done');`;

  it('OTEL_SDK_DISABLED=true: nothing is started', async () => {
    const host = await hostWith({ 'main.mjs': main });
    const finished = await host.run('main.mjs', { env: { OTEL_SDK_DISABLED: 'true' } });
    expect(finished).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
    expect(host.hasStore).toBe(false);
  });

  it('enabled: false: traces, and no rows', async () => {
    const host = await hostWith({
      'main.mjs': main,
      'config/config.yaml': 'analytics:\n  conversation_tracking:\n    enabled: false\n',
    });
    expect(await host.run('main.mjs')).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
    expect(host.turns()).toEqual([]);
    expect(
      host
        .spans()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['chat gemini', 'invoke_agent invoice']);
  });

  it('a configuration that cannot be used: said, and the host goes on', async () => {
    const host = await hostWith({
      'main.mjs': main,
      'config/config.yaml': 'analytics:\n  conversation_tracking:\n    store: disk\n',
    });
    const { code, stdout, stderr } = await host.run('main.mjs');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
    expect(stderr).toMatch(/not started: .*store is "disk"; allowed: auto, local, bigquery/);
  });
});

describe.concurrent('Cloud Run', () => {
  it('serverless: the row is delivered while the instance still has its CPU, without an end of the process', async ({
    expect,
  }) => {
    const bigquery = await LoopbackBigQuery.start();
    bigquery.addTable('chat_analytics', 'conversation_logs', CONVERSATION_LOGS.columns);
    const main = `import 'spanledger/instrument';\n${RUN}setInterval(() => {}, 1000);`;
    const host = await hostWith({ 'main.mjs': main });
    const child = host.spawn('main.mjs', {
      env: {
        BIGQUERY_EMULATOR_HOST: bigquery.url,
        GOOGLE_CLOUD_PROJECT: 'test-project',
        SPANLEDGER_SERVERLESS: 'true',
        SPANLEDGER_FALLBACK_CLOUD_LOGGING: 'false',
        K_SERVICE: 'agent',
        K_REVISION: 'agent-00001',
      },
    });
    try {
      await expect.poll(() => bigquery.rows('conversation_logs').length).toBe(1);
      expect(bigquery.rows('conversation_logs')).toMatchObject([
        { agent_name: 'invoice', service_name: 'agent', service_version: 'agent-00001' },
      ]);
    } finally {
      child.kill('SIGKILL');
      await bigquery.close();
    }
  });
});
