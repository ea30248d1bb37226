import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';

afterEach(() => vi.unstubAllEnvs());

const TURNS = 10_000;
const AGENT = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };

test('10,000 turns in one tick: every row is in BigQuery', async () => {
  const bigQuery = await LoopbackBigQuery.start();
  onTestFinished(() => bigQuery.close());
  bigQuery.addTable('chat_analytics', CONVERSATION_LOGS.name, CONVERSATION_LOGS.columns, 'my-project');
  vi.stubEnv('BIGQUERY_EMULATOR_HOST', bigQuery.url);
  const ledger = createSpanledger({
    project: 'my-project',
    outboxPath: temporaryDirectory(),
    traceExporters: ['none'],
    configFile: false,
    env: {},
  });
  const kept = new InMemorySpanExporter();
  const stock = new BatchSpanProcessor(kept);
  const provider = new BasicTracerProvider({ spanProcessors: [...ledger.spanProcessors, stock] });
  const tracer = provider.getTracer('test');

  for (let turn = 0; turn < TURNS; turn += 1) {
    const agent = tracer.startSpan('invoke_agent a', { attributes: AGENT, root: true });
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': turn,
      'gen_ai.usage.output_tokens': 1,
    };
    tracer.startSpan('chat m', { attributes }, trace.setSpan(context.active(), agent)).end();
    agent.end();
  }
  await stock.forceFlush();
  const flushed = await ledger.flush(60_000);

  expect(flushed).toMatchObject({ settled: true, pending: 0 });
  const rows = bigQuery.rows('conversation_logs');
  expect(rows.map((row) => Number(row.prompt_token_count)).sort((a, b) => a - b)).toEqual([...Array(TURNS).keys()]);
  expect(ledger.stats().rows).toMatchObject({ received: TURNS, stored: TURNS, fallback: 0, pending: 0, dropped: {} });
  // What the stock batch processor keeps of the 20,000 spans: its queue of 2,048 and the batch of 512 that was taken from it.
  expect(kept.getFinishedSpans()).toHaveLength(2_560);
  await ledger.shutdown();
});
