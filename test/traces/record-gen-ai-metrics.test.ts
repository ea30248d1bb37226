import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import { recordGenAiMetrics } from '../../src/traces/record-gen-ai-metrics.ts';
import { readDialectFixtures } from './dialect-fixtures.ts';

const FIXTURES = readDialectFixtures();

afterEach(() => metrics.disable());

function readingsOf(name: string) {
  const fixture = FIXTURES.find((each) => each.name === name);
  return buildTurns(fixture?.snapshots ?? [], classifySpan).map((turn) => readTurn(turn));
}

async function metricsOf(name: string) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  for (const reading of readingsOf(name)) recordGenAiMetrics(reading);
  await reader.forceFlush();
  const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  const points = scopes.flatMap((scope) =>
    scope.metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, unit: descriptor.unit, attributes, value })),
    ),
  );
  await provider.shutdown();
  return points as readonly { name: string; unit: string; attributes: object; value: { count: number; sum: number } }[];
}

describe('recordGenAiMetrics', () => {
  it('counts tokens by type, reasoning as output', async () => {
    const points = await metricsOf('ai-sdk-7.0.173-cachedreasoning');
    const usage = points.filter(({ name }) => name === 'gen_ai.client.token.usage');
    const sum = (type: string) =>
      usage
        .filter(({ attributes }) => Reflect.get(attributes, 'gen_ai.token.type') === type)
        .reduce((total, { value }) => total + value.sum, 0);
    const calls = readingsOf('ai-sdk-7.0.173-cachedreasoning').flatMap(({ modelCalls }) => modelCalls);
    expect(sum('input')).toBe(calls.reduce((total, { usage: each }) => total + (each?.prompt ?? 0), 0));
    expect(sum('output')).toBe(
      calls.reduce((total, { usage: each }) => total + (each?.candidates ?? 0) + (each?.thoughts ?? 0), 0),
    );
    expect(sum('output')).toBeGreaterThan(0);
    expect(usage.every(({ unit }) => unit === '{token}')).toBe(true);
  });

  it('measures each model call once, and the first chunk of those that stream', async () => {
    const points = await metricsOf('ai-sdk-7.0.173-streaming');
    const of = (name: string) => points.filter((point) => point.name === name);
    expect(of('gen_ai.client.operation.duration')).toMatchObject([{ unit: 's', value: { count: 1 } }]);
    expect(of('gen_ai.client.operation.duration')[0]?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'mock-provider',
      'gen_ai.request.model': 'mock-large-1',
      'gen_ai.response.model': 'mock-large-1',
    });
    const [first] = of('gen_ai.client.operation.time_to_first_chunk');
    expect(first?.value.sum).toBeGreaterThan(0);
    expect(first?.value.sum).toBeLessThan(1);
  });

  it('names the type of an error and not its message', async () => {
    const points = await metricsOf('otel-instrumentation-openai-0.21.0-chat-modelerror');
    expect(points).toMatchObject([
      { name: 'gen_ai.client.operation.duration', attributes: { 'error.type': 'InternalServerError' } },
    ]);
    expect(JSON.stringify(points)).not.toContain('overloaded');
  });

  it('says nothing, and does not fail, without a provider or with one that throws', () => {
    const [reading] = readingsOf('google-adk-2.0.0-simple');
    if (reading === undefined) throw new Error('the capture is gone');
    expect(() => recordGenAiMetrics(reading)).not.toThrow();
    metrics.setGlobalMeterProvider({
      getMeter: () => {
        throw new Error('broken');
      },
    });
    expect(() => recordGenAiMetrics(reading)).not.toThrow();
  });
});
