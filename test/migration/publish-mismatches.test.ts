import { metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { resolveConfig } from '../../src/config/resolve-config.ts';
import { buildLegacyRecord } from '../../src/migration/build-legacy-record.ts';
import { createSideBySide } from '../../src/migration/side-by-side.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import { recordOf } from '../support/record-of.ts';
import { sampleTurn } from '../support/sample-turn.ts';

const TURN = sampleTurn({
  calls: [{ usage: { input: 1_000, output: 200 } }, { usage: { input: 1_500, output: 90 }, text: 'Es secreto' }],
  tools: ['search_invoices'],
  error: 'deadline exceeded',
});

function compare(): void {
  const { values } = resolveConfig({ configFile: false, env: {} });
  const reading = readTurn(TURN);
  const sideBySide = createSideBySide(values, undefined, createDiagnostics({ write: () => {} }));
  const legacy = buildLegacyRecord(reading);
  const solid = recordOf(TURN);
  sideBySide.compare(reading, { record: legacy, stored: legacy }, { record: solid, stored: solid });
}

afterEach(() => {
  logs.disable();
  metrics.disable();
});

it('emits an event with the trace of the turn for each difference, and no text of it', () => {
  const exporter = new InMemoryLogRecordExporter();
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  compare();
  const records = exporter.getFinishedLogRecords();
  const total = records.find(({ attributes }) => attributes['spanledger.field'] === 'total_token_count');
  expect(total).toMatchObject({
    eventName: 'spanledger.token_mismatch',
    severityText: 'WARN',
    spanContext: { traceId: TURN.traceId, spanId: TURN.roots[0].span.spanId, traceFlags: 1 },
    attributes: {
      'spanledger.message_id': `${TURN.traceId}-${TURN.roots[0].span.spanId}`,
      'spanledger.cause': 'last_model_call',
      'spanledger.explained': true,
      'spanledger.legacy_value': '1590',
      'spanledger.solid_value': '2790',
      'spanledger.diff': 1_200,
      'spanledger.threshold': 100,
    },
  });
  const text = records.filter(({ attributes }) => attributes['spanledger.field'] === 'agent_response');
  expect(text).toHaveLength(1);
  expect(JSON.stringify(records.map(({ attributes, body }) => [attributes, body]))).not.toContain('secreto');
});

it('counts by field and cause', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  compare();
  compare();
  await provider.forceFlush();
  const counter = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    .find(({ descriptor }) => descriptor.name === 'spanledger.token_mismatches');
  const points = counter?.dataPoints.map(({ attributes, value }) => [
    attributes['spanledger.field'],
    attributes['spanledger.cause'],
    value,
  ]);
  expect(points).toContainEqual(['total_token_count', 'last_model_call', 2]);
  expect(points).toContainEqual(['agent_response', 'text_differs', 2]);
  await provider.shutdown();
});

it('costs nothing and fails nothing where the providers throw', () => {
  logs.setGlobalLoggerProvider({
    getLogger: () => {
      throw new Error('broken provider');
    },
  });
  expect(compare).not.toThrow();
});
