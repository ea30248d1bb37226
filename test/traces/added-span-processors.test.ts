import { expect, it } from 'vitest';
import { createSpanledger } from '../../src/index.ts';
import { LedgerTracerProvider } from '../../src/start/ledger-tracer-provider.ts';
import { CollectingSink } from '../support/collecting-sink.ts';

it('what an added processor throws reaches neither the host, nor the row, nor another one', async () => {
  const sink = new CollectingSink();
  const ledger = createSpanledger({ configFile: false, env: {}, sink });
  const provider = new LedgerTracerProvider({ sampler: ledger.sampler, spanProcessors: [...ledger.spanProcessors] });
  const fail = (): never => {
    throw new Error('not yours');
  };
  const told: string[] = [];
  ledger.addSpanProcessor({ onStart: fail, onEnding: fail, onEnd: fail, forceFlush: fail, shutdown: fail });
  ledger.addSpanProcessor({
    onStart: () => void told.push('start'),
    onEnd: () => void told.push('end'),
    forceFlush: async () => void told.push('flush'),
    shutdown: async () => void told.push('shutdown'),
  });
  provider
    .getTracer('host')
    .startSpan('invoke_agent a', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } })
    .end();
  expect(await ledger.flush()).toMatchObject({ settled: true });
  await ledger.shutdown();
  expect(told).toEqual(['start', 'end', 'flush', 'shutdown']);
  expect(sink.rows('conversation_logs')).toHaveLength(1);
});
