import { context, TraceFlags } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, isTracingSuppressed } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
// Loaded beforehand, so that the queue's own import takes no time of the manual clock.
import '../../src/traces/export-spans.ts';
import { SpanExportQueue, type SpanExportQueueOptions } from '../../src/traces/span-export-queue.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleSpan } from './sample-span.ts';

/** Answers when the test lets it. */
class HeldExporter implements SpanExporter {
  readonly batches: ReadableSpan[][] = [];
  readonly answers: ((result: ExportResult) => void)[] = [];
  suppressed = true;
  flushes = 0;
  shutdowns = 0;

  export(spans: ReadableSpan[], callback: (result: ExportResult) => void): void {
    this.suppressed &&= isTracingSuppressed(context.active());
    this.batches.push(spans);
    this.answers.push(callback);
  }

  answerAll(code: ExportResultCode = ExportResultCode.SUCCESS): void {
    for (const answer of this.answers.splice(0)) answer({ code });
  }

  forceFlush(): Promise<void> {
    this.flushes += 1;
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.shutdowns += 1;
    return Promise.resolve();
  }
}

function setUp(options: Partial<SpanExportQueueOptions> = {}) {
  const exporter = new HeldExporter();
  const clock = new ManualClock();
  const lines: string[] = [];
  const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
  const load = () => Promise.resolve({ exporter, prepare: (span: ReadableSpan) => span });
  const queue = new SpanExportQueue({ name: 'test', load, diagnostics, clock, ...options });
  return { exporter, clock, lines, queue };
}

const spans = (count: number): ReadableSpan[] => Array.from({ length: count }, () => sampleSpan());

// Suppression travels in the context, which needs a manager.
beforeAll(() => new NodeTracerProvider().register());
afterAll(() => context.disable());

/** `received` is in one of the books. */
function booked(queue: SpanExportQueue): number {
  const { exported, failed, queued, dropped } = queue.stats();
  return exported + failed + queued + Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

describe('SpanExportQueue', () => {
  it('exports sampled spans after its delay, in one batch', async () => {
    const { exporter, clock, queue } = setUp();
    const context_ = { ...sampleSpan().spanContext(), traceFlags: TraceFlags.NONE };
    for (const span of [...spans(3), sampleSpan({}, { spanContext: () => context_ })]) queue.onEnd(span);
    await clock.advance(4_999);
    expect(exporter.batches).toEqual([]);
    await clock.advance(1);
    expect(exporter.batches.map((batch) => batch.length)).toEqual([3]);
    expect(exporter.suppressed).toBe(true);
    exporter.answerAll();
    await clock.advance(0);
    expect(queue.stats()).toEqual({ exported: 3, failed: 0, queued: 0, dropped: {} });
  });

  it('flushes what is in flight and what came meanwhile', async () => {
    const { exporter, clock, queue } = setUp();
    queue.onEnd(sampleSpan());
    await clock.advance(5_000);
    queue.onEnd(sampleSpan());
    let isFlushed = false;
    const flushed = queue.forceFlush().then(() => {
      isFlushed = true;
    });
    await clock.advance(0);
    expect(isFlushed).toBe(false);
    exporter.answerAll();
    await clock.advance(0);
    expect(isFlushed).toBe(false);
    exporter.answerAll();
    await flushed;
    expect(exporter.batches).toHaveLength(2);
    expect(exporter.flushes).toBe(1);
  });

  it('counts what a burst drops', async () => {
    const { exporter, clock, queue, lines } = setUp();
    for (const span of spans(10_000)) queue.onEnd(span);
    expect(booked(queue)).toBe(10_000);
    expect(queue.stats().dropped).toEqual({ 'queue-full': 7_952 });
    for (let batch = 0; batch < 4; batch += 1) {
      await clock.advance(0);
      exporter.answerAll();
    }
    await clock.advance(0);
    expect(queue.stats()).toMatchObject({ exported: 2_048, queued: 0 });
    expect(lines).toHaveLength(1);
  });

  it('goes on after an export that is never answered', async () => {
    const { exporter, clock, queue, lines } = setUp();
    queue.onEnd(sampleSpan());
    await clock.advance(35_000);
    expect(queue.stats()).toMatchObject({ failed: 1, queued: 0 });
    expect(lines[0]).toContain('no answer within 30000 ms');
    queue.onEnd(sampleSpan());
    await clock.advance(5_000);
    exporter.answerAll();
    await clock.advance(0);
    expect(queue.stats()).toMatchObject({ exported: 1, failed: 1 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'fails',
      (_: ReadableSpan[], callback: (result: ExportResult) => void) =>
        callback({ code: ExportResultCode.FAILED, error: new Error('broken') }),
    ],
  ])('survives an exporter that %s', async (_, broken) => {
    const { exporter, clock, queue, lines } = setUp();
    exporter.export = broken as SpanExporter['export'];
    for (const span of spans(2)) queue.onEnd(span);
    await clock.advance(5_000);
    expect(queue.stats()).toEqual({ exported: 0, failed: 2, queued: 0, dropped: {} });
    expect(lines).toEqual(['[spanledger] the trace exporter test failed: broken (trace-export-test)']);
  });

  it('counts spans as failed where the exporter cannot be loaded', async () => {
    const { clock, queue, lines } = setUp({ load: () => Promise.reject(new Error('install it')) });
    queue.onEnd(sampleSpan());
    await clock.advance(5_000);
    await queue.shutdown();
    expect(queue.stats()).toMatchObject({ failed: 1 });
    expect(lines[0]).toContain('install it');
  });

  it('drops a span whose content cannot be filtered, and only that', async () => {
    const { exporter, clock, queue } = setUp();
    const filtering = setUp({
      load: () =>
        Promise.resolve({
          exporter,
          prepare: (span) => {
            if (span.name === 'bad') throw new Error('no');
            return span;
          },
        }),
    });
    filtering.queue.onEnd(sampleSpan({}, { name: 'bad' }));
    filtering.queue.onEnd(sampleSpan());
    await filtering.clock.advance(5_000);
    exporter.answerAll();
    await clock.advance(0);
    expect(filtering.queue.stats()).toEqual({ exported: 1, failed: 0, queued: 0, dropped: { 'content-filter': 1 } });
    expect(queue.stats().exported).toBe(0);
  });

  it('exports the rest at shutdown, once, and takes nothing after it', async () => {
    const { exporter, clock, queue } = setUp();
    queue.onEnd(sampleSpan());
    const first = queue.shutdown();
    const second = queue.shutdown();
    queue.onEnd(sampleSpan());
    await clock.advance(0);
    exporter.answerAll();
    await Promise.all([first, second]);
    expect(exporter.shutdowns).toBe(1);
    expect(queue.stats()).toEqual({ exported: 1, failed: 0, queued: 0, dropped: { shutdown: 1 } });
    expect(clock.timers).toBe(0);
  });

  it('does not hold up a host that leaves while the backend does not answer', async () => {
    const { exporter, clock, queue } = setUp({ maxBatchSize: 10, maxQueueSize: 100 });
    for (const span of spans(50)) queue.onEnd(span);
    const done = queue.shutdown();
    await clock.advance(30_000);
    await done;
    expect(exporter.batches).toHaveLength(1);
    expect(queue.stats()).toEqual({ exported: 0, failed: 10, queued: 0, dropped: { shutdown: 40 } });
  });

  it('waits for a resource that is still being detected, and not for ever', async () => {
    const { exporter, clock, queue } = setUp();
    let detected: (region: string) => void = () => undefined;
    const resource = resourceFromAttributes({
      'cloud.region': new Promise<string>((resolve) => {
        detected = resolve;
      }),
    });
    queue.onEnd(sampleSpan({}, { resource }));
    await clock.advance(5_000);
    expect(exporter.batches).toEqual([]);
    detected('europe-west1');
    await clock.advance(0);
    expect(exporter.batches[0]?.[0]?.resource.attributes).toMatchObject({ 'cloud.region': 'europe-west1' });
    exporter.answerAll();

    queue.onEnd(sampleSpan({}, { resource: resourceFromAttributes({ never: new Promise<string>(() => undefined) }) }));
    await clock.advance(5_000 + 30_000);
    expect(exporter.batches).toHaveLength(2);
  });
});
