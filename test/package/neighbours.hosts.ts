// The neighbours of docs/neighbours.md in what the registry serves today: `npm run hosts`.
import { afterEach, describe, expect, it } from 'vitest';
import { UserProject } from './user-project.ts';

let project: UserProject;
afterEach(() => project.remove());

/** A scripted model that speaks OpenAI's protocol, and one question to it, twice. */
const MODEL = `
import { createServer } from 'node:http';
const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
const message = { role: 'assistant', content: 'Twelve.', refusal: null };
const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  request.resume().on('end', () =>
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4.1', choices, usage })));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
server.unref();
export const baseURL = \`http://127.0.0.1:\${server.address().port}/v1\`;
export async function askTwice(OpenAI) {
  const client = new OpenAI({ apiKey: 'none', baseURL });
  const messages = [{ role: 'user', content: 'How many invoices?' }];
  for (let i = 0; i < 2; i += 1) await client.chat.completions.create({ model: 'gpt-4.1', messages });
}`;

const TURN = { agent_name: null, prompt_token_count: 12, model_call_count: 1 };
const SENTRY = `Sentry.init({ dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: 1 });`;

/** Installed by npm, without its look at peers: several of these ask for each other's older versions. */
function install(...names: readonly string[]): void {
  project = new UserProject();
  project.write('.npmrc', 'legacy-peer-deps=true\n');
  const newest = Object.fromEntries(
    names.map((name) => name.split(/(?<=.)@/)).map(([name = '', range = '*']) => [name, range]),
  );
  project.install('npm', { spanledger: '', '@opentelemetry/api': '^1.9.0', ...newest });
  project.write('model.js', MODEL);
}

function expectRows(rows: readonly object[], env: Readonly<Record<string, string>> = {}): void {
  expect(project.run('main.js', env)).toMatchObject({ status: 0, stderr: expect.not.stringContaining('[spanledger]') });
  expect(project.rows()).toEqual(rows);
}

describe('beside the newest', () => {
  it('OpenLIT: its spans become rows', () => {
    install('openlit', 'openai');
    project.write(
      'main.js',
      `import 'spanledger/instrument';
       import { createRequire } from 'node:module';
       import { askTwice } from './model.js';
       const require = createRequire(import.meta.url);
       require('openlit').default.init({ otlpEndpoint: 'http://127.0.0.1:9', disableMetrics: true, disableEvents: true });
       await askTwice(require('openai').OpenAI);`,
    );
    expectRows([TURN, TURN]);
  });

  it('Sentry 11: the OpenAI client by OpenInference, the AI SDK by itself', () => {
    install(
      '@sentry/node',
      '@arizeai/openinference-instrumentation-openai',
      'openai',
      'ai',
      '@ai-sdk/otel',
      '@ai-sdk/openai-compatible',
      'zod',
    );
    project.write(
      'main.js',
      `import 'spanledger/instrument';
       import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
       import * as Sentry from '@sentry/node';
       import OpenAI from 'openai';
       import { askTwice, baseURL } from './model.js';
       ${SENTRY}
       new OpenAIInstrumentation().manuallyInstrument(OpenAI);
       await askTwice(OpenAI);
       const { generateText, registerTelemetry } = await import('ai');
       const { OpenTelemetry } = await import('@ai-sdk/otel');
       const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
       registerTelemetry(new OpenTelemetry());
       const model = createOpenAICompatible({ name: 'loopback', apiKey: 'none', baseURL })('gpt-4.1');
       await generateText({ model, prompt: 'How many?', telemetry: { functionId: 'invoice' } });
       await Sentry.close(500);`,
    );
    expectRows([TURN, TURN, { ...TURN, agent_name: 'invoice' }]);
    expect(project.spanledger('doctor').stdout).toMatch(/Neighbour: @sentry\/node \d+\./);
  });

  it("AI SDK 6 beside Sentry 11: rows where Sentry's own integration is left out", () => {
    install('@sentry/node', 'ai@6', '@ai-sdk/openai-compatible@2', 'zod');
    project.write(
      'main.js',
      `import 'spanledger/instrument';
       import * as Sentry from '@sentry/node';
       import { baseURL } from './model.js';
       const integrations = (all) => all.filter(({ name }) => name !== 'VercelAI');
       Sentry.init({ dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: 1, integrations });
       const { generateText } = await import('ai');
       const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
       const model = createOpenAICompatible({ name: 'loopback', apiKey: 'none', baseURL })('gpt-4.1');
       const experimental_telemetry = { isEnabled: true, functionId: 'invoice' };
       await generateText({ model, prompt: 'How many?', experimental_telemetry });
       await Sentry.close(500);`,
    );
    expectRows([{ ...TURN, agent_name: 'invoice' }]);
    expect(project.spanledger('doctor').stdout).toMatch(/Neighbour: ai 6\S+ with @sentry\/node 11.*\n.*VercelAI/);
  });

  it('OpenLLMetry, with the OpenAI client that it patches', () => {
    install('@traceloop/node-server-sdk', 'openai@6');
    project.write(
      'main.js',
      `import 'spanledger/instrument';
       import { createRequire } from 'node:module';
       import { trace } from '@opentelemetry/api';
       import { askTwice } from './model.js';
       const require = createRequire(import.meta.url);
       const traceloop = require('@traceloop/node-server-sdk');
       const exporter = { export: (_, done) => done({ code: 0 }), shutdown: async () => {} };
       traceloop.initialize({ apiKey: 'none', silenceInitializationMessage: true, traceloopSyncEnabled: false, exporter });
       trace.getTracerProvider().addSpanProcessor(traceloop.createSpanProcessor({ exporter }));
       const { OpenAI } = require('openai');
       await traceloop.withAgent({ name: 'invoice' }, () => askTwice(OpenAI));`,
    );
    expectRows([{ agent_name: 'invoice', prompt_token_count: 24, model_call_count: 2 }], {
      TRACELOOP_TELEMETRY: 'false',
    });
  });
});
