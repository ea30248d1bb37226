import { fileURLToPath } from 'node:url';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import type { LedgerEntry, WriteResult } from '../../src/delivery/row-sink.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import type { StartOptions } from '../../src/start/start-options.ts';
import { CollectingSink } from '../support/collecting-sink.ts';

const OURS = new RegExp(`${fileURLToPath(new URL('../../', import.meta.url))}(?:src|exporters)/`);

/** Keeps the stack of each write, ours only, from the sink upward. */
class StackSink extends CollectingSink {
  readonly stacks: (readonly string[])[] = [];

  override write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]> {
    Error.stackTraceLimit = 100;
    const lines = (new Error('here').stack ?? '').split('\n');
    this.stacks.push(lines.filter((line) => OURS.test(line)));
    return super.write(entries);
  }
}

async function stacksWith(options: StartOptions): Promise<readonly (readonly string[])[]> {
  const sink = new StackSink();
  const ledger = createSpanledger({ sink, traceExporters: ['none'], configFile: false, env: {}, ...options });
  const provider = new BasicTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
  const tracer = provider.getTracer('test');
  const runTurn = async (): Promise<void> => {
    tracer.startSpan('invoke_agent a', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } }).end();
    const before = sink.stacks.length;
    await expect.poll(() => sink.stacks.length).toBeGreaterThan(before);
  };
  // The first turn waits for what it needs to be imported.
  await runTurn();
  sink.stacks.length = 0;
  await runTurn();
  await ledger.shutdown();
  return sink.stacks;
}

it.each<StartOptions>([
  {},
  { backend: 'legacy' }, // migration
  { backend: 'dual' }, // migration
])('%j: at most eight of our calls stand between the end of a turn and the sink', async (options) => {
  const stacks = await stacksWith(options);
  expect(stacks.length).toBeGreaterThan(0);
  for (const stack of stacks) {
    expect(stack.length).toBeGreaterThan(0);
    expect(stack.length, stack.join('\n')).toBeLessThanOrEqual(8);
  }
});
