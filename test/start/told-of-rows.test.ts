import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { SettingValues } from '../../src/config/setting-values.ts';
import { createSpanledger, type Spanledger } from '../../src/start/spanledger.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp(settings: Partial<SettingValues> = {}, clock = new ManualClock(Date.UTC(2026, 2, 1, 23, 50))) {
  const lines: string[] = [];
  const sink = new CollectingSink();
  const ledger = createSpanledger({
    sink,
    traceExporters: ['none'],
    configFile: false,
    env: {},
    diagnostics: createDiagnostics({ write: (line) => lines.push(line) }),
    clock,
    ...settings,
  });
  const provider = new BasicTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
  return { ledger, provider, sink, lines, clock };
}

async function runTurn(provider: BasicTracerProvider, ledger: Spanledger): Promise<void> {
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };
  provider.getTracer('test').startSpan('invoke_agent a', { attributes }).end();
  await ledger.flush();
}

const statisticsOf = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('[ANALYTICS] Statistics'));

describe('statistics', () => {
  it('are said at midnight of the zone that is set, and at shutdown', async () => {
    // Midnight in Santiago is 03:00 UTC in March.
    const { ledger, provider, lines, clock } = setUp({ statisticsTimeZone: 'America/Santiago' });
    await runTurn(provider, ledger);
    await clock.advance(3_600_000);
    expect(statisticsOf(lines)).toEqual([]);
    await clock.advance(3 * 3_600_000);
    expect(statisticsOf(lines)).toHaveLength(1);
    expect(lines.join()).toContain('Statistics 2026-03-01: received=1 stored=1');
    await ledger.shutdown();
    expect(statisticsOf(lines).at(-1)).toContain('Statistics shutdown: received=1 stored=1');
  });

  it('are said once, also where the process ends after a shutdown; a script ends quietly', async () => {
    const stopped = setUp();
    await runTurn(stopped.provider, stopped.ledger);
    await stopped.ledger.shutdown();
    stopped.ledger.finishSync(true);
    expect(statisticsOf(stopped.lines)).toHaveLength(1);
    const script = setUp();
    await runTurn(script.provider, script.ledger);
    script.ledger.finishSync();
    expect(statisticsOf(script.lines)).toEqual([]);
  });
});

describe('metrics', () => {
  afterEach(() => metrics.disable());

  function collectMetrics(): { readonly names: () => Promise<readonly string[]> } {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    return {
      names: async () => {
        await reader.forceFlush();
        return exporter
          .getMetrics()
          .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
          .filter(({ dataPoints }) => dataPoints.length > 0)
          .map(({ descriptor }) => descriptor.name);
      },
    };
  }

  it('of the rows are published: the books, read when they are collected', async () => {
    const { names } = collectMetrics();
    const { ledger, provider } = setUp();
    await runTurn(provider, ledger);
    expect(await names()).toEqual(
      expect.arrayContaining(['spanledger.row.received', 'spanledger.row.stored', 'spanledger.row.pending']),
    );
    await ledger.shutdown();
  });
});
