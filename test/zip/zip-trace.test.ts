import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { context, metrics, propagation, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import type { ZipEntry } from '../../src/zip/zip-options.ts';
import { useFolder } from '../support/zip-folder.ts';
import { readArchive } from '../support/zip-verify.ts';

const run = promisify(execFile);
const folder = useFolder();
const exporter = new InMemorySpanExporter();
const unruly: { onStart: boolean; onEnd: boolean } = { onStart: false, onEnd: false };
const unrulyProcessor: SpanProcessor = {
  onStart() {
    if (unruly.onStart) throw new Error('a bug in somebody’s processor');
  },
  onEnd() {
    if (unruly.onEnd) throw new Error('a bug in somebody’s processor');
  },
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), unrulyProcessor] });
const tracer = provider.getTracer('test');
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 });
const meterProvider = new MeterProvider({ readers: [reader] });

beforeAll(() => {
  provider.register();
  metrics.setGlobalMeterProvider(meterProvider);
});
afterAll(async () => {
  await provider.shutdown();
  await meterProvider.shutdown();
});
beforeEach(() => {
  exporter.reset();
  unruly.onStart = false;
  unruly.onEnd = false;
});

const text = (name: string): ZipEntry => ({ name, source: Buffer.from(name) });
const spansOf = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
const createSpan = (): ReadableSpan => {
  const [span] = spansOf('zip.create');
  if (span === undefined) throw new Error('no zip.create span');
  return span;
};
const inTurn = <T>(work: (turn: Span) => T): T => tracer.startActiveSpan('invoke_agent invoices', (turn) => work(turn));
const nanos = ([seconds, rest]: readonly [number, number]): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);

describe('zip.create', () => {
  it('belongs to the turn and carries the same figures as the result', async () => {
    const { turn, result } = await inTurn(async (span) => {
      const made = createZip({
        entries: [text('a'), text('b'), text('../c')],
        destination: folder.path('a.zip'),
        id: 'my-zip',
      });
      // The agent answers; the ZIP goes on.
      span.end();
      return { turn: span.spanContext(), result: await made };
    });
    const span = createSpan();
    expect(span.parentSpanContext?.spanId).toBe(turn.spanId);
    expect(span.spanContext().traceId).toBe(turn.traceId);
    expect(span.attributes).toEqual({
      'zip.id': 'my-zip',
      'zip.generation_time_ms': result.metrics.generationTimeMillis,
      'zip.parallel_download_time_ms': result.metrics.parallelDownloadTimeMillis,
      'zip.max_workers_used': result.metrics.maxWorkersUsed,
      'zip.files_included': 2,
      'zip.files_missing': 1,
      'zip.total_size_bytes': result.metrics.totalSizeBytes,
      'zip.download_spans_dropped': 0,
    });
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('is a trace of its own where nothing is active', async () => {
    await context.with(ROOT_CONTEXT, () => createZip({ entries: [text('a')], destination: folder.path('a.zip') }));
    expect(createSpan().parentSpanContext).toBeUndefined();
  });

  it('says why there is no archive', async () => {
    const failed = createZip({
      entries: [text('a'), { name: 'b', source: '/no/such/file' }],
      destination: folder.path('b.zip'),
      onMissing: 'fail',
    });
    await expect(failed).rejects.toThrow();
    const { attributes, status } = createSpan();
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'ZIP failed at entry "b": not-found: ENOENT' });
    expect(attributes['error.type']).toBe('not-found');
    expect(attributes).not.toHaveProperty('zip.total_size_bytes');
  });

  it.each(['onStart', 'onEnd'] as const)('does not break the archive where a processor throws in %s', async (hook) => {
    unruly[hook] = true;
    const destination = folder.path(`${hook}.zip`);
    const { metrics: figures } = await createZip({ entries: [text('a')], destination });
    expect(figures.filesIncluded).toBe(1);
    expect([...(await readArchive(destination)).keys()]).toEqual(['a']);
  });

  it('never mixes the figures of 50 archives in 50 turns', async () => {
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        inTurn(async (turn) => {
          const entries = Array.from({ length: i + 1 }, (_unused, k) => (k % 7 === 6 ? text('..') : text(`${k}`)));
          const result = await createZip({
            entries,
            destination: folder.path(`many-${i}.zip`),
            concurrency: 1 + (i % 5),
          });
          turn.end();
          return { traceId: turn.spanContext().traceId, result };
        }),
      ),
    );
    const spans = spansOf('zip.create');
    expect(spans).toHaveLength(50);
    for (const { traceId, result } of made) {
      const own = spans.filter((span) => span.spanContext().traceId === traceId);
      expect(own).toHaveLength(1);
      expect(own[0]?.attributes).toMatchObject({
        'zip.id': result.id,
        'zip.files_included': result.metrics.filesIncluded,
        'zip.files_missing': result.metrics.filesMissing,
        'zip.total_size_bytes': result.metrics.totalSizeBytes,
      });
      const downloads = spansOf('zip.download').filter((span) => span.spanContext().traceId === traceId);
      expect(downloads).toHaveLength(result.metrics.filesIncluded + result.metrics.filesMissing);
    }
  });

  it('is measured by histograms too', async () => {
    await createZip({ entries: [text('a')], destination: folder.path('measured.zip') });
    await meterProvider.forceFlush();
    const names = metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) => scope.metrics.map((metric) => metric.descriptor.name)),
      );
    expect(names).toEqual(
      expect.arrayContaining(
        ['generation_time', 'download_time', 'workers', 'files_included', 'files_missing', 'size'].map(
          (name) => `spanledger.zip.${name}`,
        ),
      ),
    );
  });
});

describe('zip.download', () => {
  it('is a child for each entry, within the time of its ZIP', async () => {
    const slow = {
      name: 'slow',
      source: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return Buffer.from('slow');
      },
    };
    await createZip({
      entries: [text('a'), slow, { name: 'gone', source: '/no/such/file' }],
      destination: folder.path('d.zip'),
    });
    const parent = createSpan();
    const downloads = spansOf('zip.download');
    expect(downloads.map(({ attributes }) => attributes['zip.entry.name']).toSorted()).toEqual(['a', 'gone', 'slow']);
    for (const span of downloads) {
      expect(span.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
      expect(nanos(span.startTime)).toBeGreaterThanOrEqual(nanos(parent.startTime));
      expect(nanos(span.endTime)).toBeLessThanOrEqual(nanos(parent.endTime));
    }
    expect(downloads.find(({ attributes }) => attributes['zip.entry.name'] === 'gone')).toMatchObject({
      attributes: { 'zip.entry.source': 'file', 'zip.entry.attempts': 1, 'error.type': 'not-found' },
      status: { code: SpanStatusCode.ERROR, message: 'ENOENT' },
    });
    expect(downloads.find(({ attributes }) => attributes['zip.entry.name'] === 'slow')).toMatchObject({
      attributes: { 'zip.entry.source': 'function', 'zip.entry.size_bytes': 4 },
    });
  });

  it('is kept for the failures and the slowest where there are more than 200, and the rest is counted', async () => {
    const pause = () => new Promise<Buffer>((resolve) => setTimeout(() => resolve(Buffer.from('x')), 60));
    const entries = Array.from({ length: 600 }, (_, i): ZipEntry => {
      if (i % 100 === 50) return { name: `slow ${i}`, source: pause };
      return i % 100 === 75 ? { name: `failed ${i}`, source: '/no/such/file' } : text(`${i}`);
    });
    await createZip({ entries, destination: folder.path('600.zip') });
    const downloads = spansOf('zip.download');
    expect(downloads).toHaveLength(200);
    expect(createSpan().attributes['zip.download_spans_dropped']).toBe(400);
    const names = downloads.map(({ attributes }) => String(attributes['zip.entry.name']));
    expect(names.filter((name) => name.startsWith('slow'))).toHaveLength(6);
    expect(names.filter((name) => name.startsWith('failed'))).toHaveLength(6);
  });
});

describe('a turn of another process', () => {
  it('is named on the ZIP, by the message id that came in baggage', async () => {
    const carrier: Record<string, string> = {};
    const messageId = await inTurn(async (turn) => {
      const { traceId, spanId } = turn.spanContext();
      const baggage = propagation.createBaggage({ 'spanledger.message_id': { value: `${traceId}-${spanId}` } });
      propagation.inject(propagation.setBaggage(context.active(), baggage), carrier);
      turn.end();
      return `${traceId}-${spanId}`;
    });
    const program = new URL('../support/zip-other-process.ts', import.meta.url).pathname;
    const { stdout } = await run(process.execPath, [program, JSON.stringify(carrier), folder.path('other.zip')]);
    const spans: { name: string; parent: string; attributes: Record<string, unknown> }[] = JSON.parse(stdout);
    const made = spans.find(({ name }) => name === 'zip.create');
    expect(`${messageId}`.endsWith(made?.parent ?? 'none')).toBe(true);
    expect(made?.attributes).toMatchObject({ 'spanledger.message_id': messageId, 'zip.files_included': 1 });
    expect(made?.attributes['zip.total_size_bytes']).toBeGreaterThan(100);
  });

  it.each(['', 'x', `${'0'.repeat(32)}-${'g'.repeat(16)}`, 'a'.repeat(10_000)])(
    'is not believed where baggage says %j',
    async (value) => {
      const baggage = propagation.createBaggage({ 'spanledger.message_id': { value } });
      await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
        createZip({ entries: [text('a')], destination: folder.path('baggage.zip') }),
      );
      expect(createSpan().attributes).not.toHaveProperty('spanledger.message_id');
      expect(trace.getSpan(context.active())).toBeUndefined();
    },
  );
});
