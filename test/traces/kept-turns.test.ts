import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import type { StartOptions } from '../../src/start/start-options.ts';
import { LocalStore } from '../../src/store/local-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spanledger-kept-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Three turns: one fine, one that fails, one that takes five seconds. What the store holds of rows and spans. */
async function turnsUnder(options: StartOptions) {
  const ledger = createSpanledger({
    configFile: false,
    env: {},
    store: 'local',
    localPath: join(directory, 'store.db'),
    traceExporters: ['local'],
    diagnostics: createDiagnostics({ write: () => undefined }),
    ...options,
  });
  const tracer = new BasicTracerProvider({
    spanProcessors: [...ledger.spanProcessors],
    sampler: ledger.sampler,
  }).getTracer('agent');
  const start = Date.now() - 60_000;
  for (const [name, millis] of [
    ['fine', 10],
    ['failing', 10],
    ['slow', 5_000],
  ] as const) {
    const root = {
      startTime: start,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name },
    };
    const agent = tracer.startSpan(`invoke_agent ${name}`, root, ROOT_CONTEXT);
    const answer = '[{"role":"assistant","parts":[{"type":"text","content":"Done."}]}]';
    const model = { 'gen_ai.operation.name': 'chat', 'gen_ai.output.messages': answer };
    tracer
      .startSpan('chat m', { startTime: start, attributes: model }, trace.setSpan(ROOT_CONTEXT, agent))
      .end(start + 5);
    if (name === 'failing') agent.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' });
    agent.end(start + millis);
  }
  await ledger.shutdown(30_000);
  const store = LocalStore.openReadOnly(join(directory, 'store.db'));
  const rows = store.query('SELECT agent_name, sampled FROM conversation_logs ORDER BY agent_name');
  const spans = store.query('SELECT name FROM spans').map(({ name }) => name);
  store.close();
  return { rows: Object.fromEntries(rows.map((row) => [row.agent_name, row.sampled === 1])), spans };
}

describe('turns that were not sampled', () => {
  it('have their rows, and no spans at a backend', async () => {
    expect(await turnsUnder({ traceRatio: 0 })).toEqual({
      rows: { failing: false, fine: false, slow: false },
      spans: [],
    });
  });

  it('are sent whole where they failed or were slow, and their rows say so', async () => {
    const { rows, spans } = await turnsUnder({ traceRatio: 0, traceKeepErrors: true, traceKeepSlowerThanSeconds: 2 });
    expect(rows).toEqual({ failing: true, fine: false, slow: true });
    expect(spans.sort()).toEqual(['chat m', 'chat m', 'invoke_agent failing', 'invoke_agent slow']);
  });

  it('follow the rule of their agent', async () => {
    const { rows, spans } = await turnsUnder({ traceRatio: 0, traceAgentRatios: { 'fi*': 1 } });
    expect(rows).toEqual({ failing: false, fine: true, slow: false });
    expect(spans.sort()).toEqual(['chat m', 'invoke_agent fine']);
  });

  it('are sampled by the standard variables as well', async () => {
    const env = { OTEL_TRACES_SAMPLER: 'always_off' };
    expect(await turnsUnder({ env })).toMatchObject({ rows: { fine: false }, spans: [] });
  });
});
