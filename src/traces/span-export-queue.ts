import { TraceFlags } from '@opentelemetry/api';
import type { Clock, Timer } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '../base/sdk-types.ts';
import type { BatchLimits } from './batch-limits.ts';

/** The far end of a queue. */
export interface SpanOutlet {
  readonly exporter: SpanExporter;
  /** Makes the copy that is exported; where it throws, the span is dropped. */
  readonly prepare: (span: ReadableSpan) => ReadableSpan;
}

export interface SpanExportQueueOptions extends BatchLimits {
  /** Name of the exporter, in every message. */
  readonly name: string;
  /** Loads what the first export needs; until then an exporter costs nothing. */
  readonly load: () => Promise<SpanOutlet>;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

export interface SpanExportStats {
  readonly exported: number;
  readonly failed: number;
  readonly queued: number;
  /** By reason. */
  readonly dropped: Readonly<Partial<Record<SpanExportDropReason, number>>>;
}

export type SpanExportDropReason = 'queue-full' | 'content-filter' | 'shutdown';

/** Time that preparing spans may take from the host's event loop in one piece. */
const SLICE_MILLIS = 4;

/**
 * The way of sampled spans to one trace exporter. In place of OpenTelemetry's batch processor, whose flush does not
 * wait for an export in flight, whose timers keep the process alive, and which does not count what it drops.
 * Invariants: one export at a time; every span is counted as exported, failed, queued or dropped; nothing throws or
 * rejects, so that an exporter's failure touches neither the host nor the rows.
 */
export class SpanExportQueue implements SpanProcessor {
  readonly #options: SpanExportQueueOptions;
  readonly #limits: Required<BatchLimits>;
  readonly #dropped = new Map<SpanExportDropReason, number>();
  #queue: ReadableSpan[] = [];
  #outlet: Promise<SpanOutlet> | undefined;
  #inFlight = 0;
  #exported = 0;
  #failed = 0;
  #timer: Timer | undefined;
  #draining: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SpanExportQueueOptions) {
    this.#options = options;
    const { maxQueueSize = 2_048, maxBatchSize = 512, delayMillis = 5_000, exportTimeoutMillis = 30_000 } = options;
    this.#limits = {
      maxQueueSize,
      maxBatchSize: Math.min(maxBatchSize, maxQueueSize),
      delayMillis,
      exportTimeoutMillis,
    };
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.add(span);
  }

  /** Takes a span whatever its flag says. */
  add(span: ReadableSpan): void {
    if (this.#stopped !== undefined) this.#drop('shutdown', 1);
    else if (this.#queue.length >= this.#limits.maxQueueSize) this.#drop('queue-full', 1);
    else {
      this.#queue.push(span);
      this.#schedule();
    }
  }

  /** Resolves when every span that has ended is exported or has failed. */
  async forceFlush(): Promise<void> {
    await this.#drain();
    await this.#attempt(async () => (await this.#outlet)?.exporter.forceFlush?.());
  }

  /** Exports what is queued, until the first failure, and closes the exporter. Safe to call twice. */
  shutdown(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  stats(): SpanExportStats {
    return {
      exported: this.#exported,
      failed: this.#failed,
      queued: this.#queue.length + this.#inFlight,
      dropped: Object.fromEntries(this.#dropped),
    };
  }

  async #close(): Promise<void> {
    await this.#drain();
    await this.#attempt(async () => (await this.#outlet)?.exporter.shutdown());
  }

  /** @returns whether it was done in time */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    const { clock } = this.#options;
    const result = await withDeadline({ clock, timeoutMillis: this.#limits.exportTimeoutMillis }, work);
    if (result.status === 'done') return true;
    this.#warn(result.reason);
    return false;
  }

  /** A full batch goes as soon as the host's own work is done. */
  #schedule(): void {
    if (this.#draining !== undefined || this.#queue.length === 0) return;
    const isFull = this.#queue.length >= this.#limits.maxBatchSize;
    // Scheduled already, and when the batch became full, again for at once.
    if (this.#timer !== undefined && this.#queue.length !== this.#limits.maxBatchSize) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(() => void this.#drain(), isFull ? 0 : this.#limits.delayMillis);
  }

  #drain(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#draining ??= this.#exportAll().finally(() => {
      this.#draining = undefined;
      this.#schedule();
    });
    return this.#draining;
  }

  async #exportAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#limits.maxBatchSize);
      this.#inFlight = batch.length;
      const delivered = await this.#exportBatch(batch);
      this.#inFlight = 0;
      if (delivered || this.#stopped === undefined) continue;
      // The host is leaving and the backend does not answer: the rest would only hold it up.
      this.#drop('shutdown', this.#queue.length);
      this.#queue = [];
    }
  }

  /** @returns whether the exporter took them */
  async #exportBatch(batch: readonly ReadableSpan[]): Promise<boolean> {
    let sent: readonly ReadableSpan[] = batch;
    try {
      this.#outlet ??= this.#options.load();
      const [{ exporter, prepare }, { exportSpans }] = await Promise.all([this.#outlet, import('./export-spans.ts')]);
      await this.#attempt(() => waitForResources(batch));
      sent = await this.#prepareAll(batch, prepare);
      const isTaken = sent.length === 0 || (await this.#attempt(() => exportSpans(exporter, [...sent])));
      if (isTaken) this.#exported += sent.length;
      else this.#failed += sent.length;
      return isTaken;
    } catch (error) {
      this.#failed += sent.length;
      this.#warn(describeError(error));
      return false;
    }
  }

  async #prepareAll(batch: readonly ReadableSpan[], prepare: SpanOutlet['prepare']): Promise<ReadableSpan[]> {
    const prepared: ReadableSpan[] = [];
    let sliceEnd = performance.now() + SLICE_MILLIS;
    for (const span of batch) {
      try {
        prepared.push(prepare(span));
      } catch (error) {
        this.#drop('content-filter', 1);
        this.#warn(describeError(error));
      }
      if (performance.now() < sliceEnd) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEnd = performance.now() + SLICE_MILLIS;
    }
    return prepared;
  }

  #drop(reason: SpanExportDropReason, count: number): void {
    if (count === 0) return;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
    const { diagnostics, name } = this.#options;
    diagnostics.warn(`trace-drop-${name}`, `spans are not sent to the trace exporter ${name}: ${reason}`);
  }

  #warn(reason: string): void {
    const { diagnostics, name } = this.#options;
    diagnostics.warn(`trace-export-${name}`, `the trace exporter ${name} failed: ${reason}`);
  }
}

/** A detector of the resource may still be at work. */
async function waitForResources(spans: readonly ReadableSpan[]): Promise<void> {
  const pending = new Set(spans.map(({ resource }) => resource).filter((resource) => resource.asyncAttributesPending));
  await Promise.all([...pending].map(async (resource) => resource.waitForAsyncAttributes?.()));
}
