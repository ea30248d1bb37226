import { context, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test, vi } from 'vitest';
import { BigQuerySpanExporter } from '../../exporters/bigquery.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';

afterEach(() => vi.unstubAllEnvs());

const AGENT = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };
const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 2 };

/** Turns of an agent with two model calls, run one after the other. */
function runTurns(provider: BasicTracerProvider, count: number): void {
  const tracer = provider.getTracer('test');
  for (let i = 0; i < count; i += 1) {
    const agent = tracer.startSpan('invoke_agent a', { attributes: AGENT, root: true });
    const within = trace.setSpan(context.active(), agent);
    for (let call = 0; call < 2; call += 1) tracer.startSpan('chat m', { attributes: CHAT }, within).end();
    agent.end();
  }
}

test('writes a row a turn into BigQuery, whatever the batches cut apart', async () => {
  const bigQuery = await LoopbackBigQuery.start();
  bigQuery.addTable('chat_analytics', CONVERSATION_LOGS.name, CONVERSATION_LOGS.columns, 'my-project');
  vi.stubEnv('BIGQUERY_EMULATOR_HOST', bigQuery.url);
  const exporter = new BigQuerySpanExporter({
    settings: { project: 'my-project', outboxPath: temporaryDirectory() },
    configFile: false,
  });
  const batches = new BatchSpanProcessor(exporter, { maxExportBatchSize: 7, scheduledDelayMillis: 60_000 });
  const provider = new BasicTracerProvider({ spanProcessors: [batches] });
  runTurns(provider, 50);
  await provider.shutdown();
  const rows = bigQuery.rows('conversation_logs');
  await bigQuery.close();
  expect(rows).toHaveLength(50);
  for (const row of rows) {
    expect(row).toMatchObject({ agent_name: 'a', prompt_token_count: 6, model_call_count: 2, complete: true });
  }
});

function setUp(sink = new CollectingSink()) {
  const said: string[] = [];
  const diagnostics = createDiagnostics({ write: (line) => said.push(line) });
  const exporter = new BigQuerySpanExporter({ sink, diagnostics, configFile: false, env: {} });
  const results: ExportResult[] = [];
  return { exporter, sink, said, results };
}

test('calls back once for an export, also after a sink that breaks its contract', async () => {
  const sink = new CollectingSink();
  sink.write = () => Promise.reject(new Error('broken'));
  const { exporter, results } = setUp(sink);
  const collected = new InMemorySpanExporter();
  runTurns(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(collected)] }), 1);
  exporter.export(collected.getFinishedSpans(), (result) => results.push(result));
  await exporter.forceFlush();
  expect(results.map(({ code }) => code)).toEqual([ExportResultCode.FAILED]);
  expect(results[0]?.error?.message).toContain('broken');
});

test('writes what waits for its root at shutdown, and refuses what comes later', async () => {
  const { exporter, sink, results } = setUp();
  const collected = new InMemorySpanExporter();
  runTurns(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(collected)] }), 1);
  const [first, second, root] = collected.getFinishedSpans();
  if (first === undefined || second === undefined || root === undefined) expect.fail();
  exporter.export([first, second], (result) => results.push(result));
  await Promise.all([exporter.shutdown(), exporter.shutdown()]);
  exporter.export([root], (result) => results.push(result));
  expect(results.map(({ code }) => code)).toEqual([ExportResultCode.SUCCESS, ExportResultCode.FAILED]);
  expect(sink.rows('conversation_logs')).toMatchObject([{ complete: false, incomplete_reason: 'parent_missing' }]);
});

test('refuses a setting that cannot be used', () => {
  expect(() => new BigQuerySpanExporter({ settings: { dataset: 'no-hyphens' }, configFile: false, env: {} })).toThrow(
    'option dataset is "no-hyphens"; allowed: letters, digits and underscores',
  );
});
