// OpenTelemetry's API 1.9 and 1.10, its SDK 2 and 3, alone and beside each other, by the package managers that lay trees
// out in ways of their own. `npm run hosts` tries all managers, CI npm.
import { afterEach, describe, expect, inject, it } from 'vitest';
import { UserProject } from './user-project.ts';

let project: UserProject;
afterEach(() => project.remove());

const ROW = { agent_name: 'invoice', prompt_token_count: 12, model_call_count: 1 };

/** One turn by the API that a file of this directory gets. */
const TURN = `
const tracer = trace.getTracer('host');
const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'invoice' };
tracer.startActiveSpan('invoke_agent invoice', { attributes }, (agent) => {
  const usage = { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 3 };
  const call = { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gemini', ...usage } };
  tracer.startActiveSpan('chat gemini', call, (span) => span.end());
  agent.end();
});`;
const RUN = `const { trace } = await import('@opentelemetry/api');${TURN}`;
const SHUTDOWN = `
const { settled, detail } = await ledger.shutdown();
if (!settled) throw new Error(detail);`;

/** A library that brings the API in a version of its own, as Mastra and the AI SDK do. */
function writeLibrary(version: string): { readonly library: string } {
  project.write(
    'library/package.json',
    JSON.stringify({
      name: 'library',
      version: '1.0.0',
      type: 'module',
      main: 'index.js',
      dependencies: { '@opentelemetry/api': version },
    }),
  );
  project.write('library/index.js', `import { trace } from '@opentelemetry/api';\nexport function run() {${TURN}}`);
  return { library: 'file:./library' };
}

describe.each(inject('managers'))('installed by %s', (manager) => {
  it('SDK 2 with API 1.9', () => {
    project = new UserProject();
    project.install(manager, { spanledger: '', '@opentelemetry/api': '1.9.0', '@opentelemetry/sdk-trace-node': '^2' });
    project.write(
      'main.js',
      `import { createSpanledger } from 'spanledger';
       import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
       const ledger = createSpanledger();
       new NodeTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler }).register();
       ${RUN}${SHUTDOWN}`,
    );
    expect(project.run('main.js')).toMatchObject({ status: 0, stdout: '' });
    expect(project.rows()).toEqual([ROW]);
  });

  it('SDK 3 with API 1.10', () => {
    project = new UserProject();
    project.install(manager, {
      spanledger: '',
      '@opentelemetry/api': '^1.10.0',
      '@opentelemetry/sdk-node': '^0.301.0',
      '@opentelemetry/sdk-trace': '^3',
    });
    project.write(
      'node-sdk.js',
      `import { createSpanledger } from 'spanledger';
       import { NodeSDK } from '@opentelemetry/sdk-node';
       const ledger = createSpanledger();
       const sdk = new NodeSDK({
         spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler, metricReaders: [], logRecordProcessors: [],
       });
       sdk.start();
       ${RUN}await sdk.shutdown();${SHUTDOWN}`,
    );
    expect(project.run('node-sdk.js')).toMatchObject({ status: 0, stdout: '' });
    expect(project.rows()).toEqual([ROW]);
    project.write(
      'exporter.js',
      `import { TracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
       import { BigQuerySpanExporter } from 'spanledger/exporters/bigquery';
       import { trace } from '@opentelemetry/api';
       const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: new BigQuerySpanExporter() })] });
       trace.setGlobalTracerProvider(provider);
       ${RUN}await provider.shutdown();`.replace(`const { trace } = await import('@opentelemetry/api');`, ''),
    );
    expect(project.run('exporter.js')).toMatchObject({ status: 0, stdout: '' });
    // Without a context manager each span is a trace of its own: two turns.
    expect(project.rows().length).toBeGreaterThan(1);
  });

  it.each(['1.9.0', '^1.10.0'])('spanledger/instrument with API %s alone', (api) => {
    project = new UserProject();
    project.install(manager, { spanledger: '', '@opentelemetry/api': api });
    project.write('main.js', `import 'spanledger/instrument';\n${RUN}`);
    expect(project.run('main.js')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(project.rows()).toEqual([ROW]);
  });

  it('a library that brings API 1.10 beside the 1.9 of the README', () => {
    project = new UserProject();
    project.install(manager, { spanledger: '', '@opentelemetry/api': '1.9.0', ...writeLibrary('1.10.0') });
    project.write(
      'main.js',
      `import 'spanledger/instrument';
       import { trace } from '@opentelemetry/api';
       import { run } from 'library';
       const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'outer' };
       trace.getTracer('host').startActiveSpan('invoke_agent outer', { attributes }, (span) => { run(); span.end(); });`,
    );
    expect(project.run('main.js')).toEqual({ status: 0, stdout: '', stderr: '' });
    // One turn: the span of one copy is the parent of those of the other.
    expect(project.rows()).toEqual([{ ...ROW, agent_name: 'outer' }]);
    const { stdout } = project.spanledger('doctor');
    expect(stdout).toMatch(/1\.10\.0, 1\.9\.0/);
    expect(stdout).toContain('"overrides": { "@opentelemetry/api": "1.10.0" }');
  });

  it('says so where an older copy has registered something before, and what to paste', () => {
    project = new UserProject();
    project.install(manager, { spanledger: '', '@opentelemetry/api': '1.9.0', ...writeLibrary('1.10.0') });
    project.write(
      'main.js',
      `import { metrics } from '@opentelemetry/api';
       metrics.setGlobalMeterProvider({ getMeter() {} });
       await import('spanledger/instrument');
       ${RUN}`,
    );
    const { status, stderr } = project.run('main.js');
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /registered as 1\.9\.0, which copies of 1\.10\.0 refuse.*"resolutions": \{ "@opentelemetry\/api": "1\.10\.0" \}/s,
    );
    expect(stderr).not.toContain('no rows are written');
    // What uses the older copy has its rows all the same.
    expect(project.rows()).toEqual([ROW]);
  });

  it("ADK's pinned API 1.9 beside 1.10", () => {
    project = new UserProject();
    project.install(manager, { spanledger: '', '@opentelemetry/api': '^1.10.0', '@google/adk': '2.0.0' });
    project.write(
      'main.js',
      `import 'spanledger/instrument';
       import { BaseLlm, InMemoryRunner, LlmAgent, LogLevel, setLogLevel } from '@google/adk';
       import { SpanledgerPlugin } from 'spanledger/adk';
       setLogLevel(LogLevel.ERROR);
       class Scripted extends BaseLlm {
         async *generateContentAsync() {
           const usageMetadata = { promptTokenCount: 12, candidatesTokenCount: 3, totalTokenCount: 15 };
           yield { content: { role: 'model', parts: [{ text: 'Twelve.' }] }, usageMetadata };
         }
       }
       const agent = new LlmAgent({ name: 'invoice', model: new Scripted({ model: 'gemini' }) });
       const runner = new InMemoryRunner({ agent, appName: 'host', plugins: [new SpanledgerPlugin()] });
       const ids = { userId: 'ana', sessionId: 's' };
       await runner.sessionService.createSession({ appName: 'host', ...ids });
       const newMessage = { role: 'user', parts: [{ text: 'How many invoices?' }] };
       for await (const _ of runner.runAsync({ ...ids, newMessage }));`,
    );
    const { status, stderr } = project.run('main.js');
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('[spanledger]') });
    expect(project.rows()).toEqual([ROW]);
  });
});
