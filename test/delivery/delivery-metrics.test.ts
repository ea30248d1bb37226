import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, onTestFinished, test } from 'vitest';
import { observeSinkStats, recordDeliveryRequest } from '../../src/delivery/delivery-metrics.ts';
import { faultQueue } from '../support/bigquery-faults.ts';
import { DeliveryBench } from '../support/delivery-bench.ts';
import { sampleRow, sampleRows } from '../support/sample-rows.ts';

test('the books and the requests are metrics of the host', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  onTestFinished(() => {
    metrics.disable();
    return provider.shutdown();
  });
  const bench = await DeliveryBench.start();
  bench.bigQuery.faults = faultQueue('insertAll', [{ kind: 'error', status: 503, reason: 'backendError' }]);
  const sink = bench.sink({}, { onRequest: recordDeliveryRequest });
  observeSinkStats(() => sink.stats());
  await sink.write([...sampleRows(3), sampleRow('bad', { prompt_token_count: 'many' }), sampleRow('m-0')]);
  await expect.poll(() => sink.stats().pending).toBe(0);
  await reader.forceFlush();
  await sink.shutdown(5_000);

  const points = new Map(
    exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) =>
          scope.metrics.map((metric) => [metric.descriptor.name, metric.dataPoints] as const),
        ),
      ),
  );
  expect(points.get('spanledger.row.received')).toMatchObject([{ value: 5 }]);
  expect(points.get('spanledger.row.stored')).toMatchObject([{ value: 3 }]);
  expect(points.get('spanledger.row.fallback')).toMatchObject([{ value: 1 }]);
  expect(points.get('spanledger.row.pending')).toMatchObject([{ value: 0 }]);
  expect(points.get('spanledger.row.dropped')).toMatchObject([{ value: 1, attributes: { 'error.type': 'duplicate' } }]);
  const requests = points.get('otel.sdk.exporter.operation.duration')?.map(({ attributes }) => attributes);
  expect(requests).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ 'otel.component.type': 'spanledger_bigquery_exporter', 'error.type': '503' }),
      expect.objectContaining({ 'otel.component.type': 'spanledger_fallback_exporter' }),
    ]),
  );
});
