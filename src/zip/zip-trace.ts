/**
 * The span of one archive, `zip.create`, and of its downloads. It hangs below the span that was active when the host
 * asked for the ZIP, so it belongs to that agent turn, even where the turn has answered since. Download spans are
 * made at the end, with their own times, when it is known which of too many are worth one.
 * Invariant: whatever the tracing of the host does, nothing is thrown here and the archive is made.
 */
import {
  type Attributes,
  type Context,
  context,
  diag,
  type Span,
  SpanStatusCode,
  type TimeInput,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { describeError } from '../base/errors.ts';
import { readTurnBaggage } from '../instrumentation/turn-baggage.ts';
import { type DownloadRecord, DownloadSelection } from './download-selection.ts';
import type { ZipError } from './zip-error.ts';
import { recordZipMetrics } from './zip-instruments.ts';
import type { ZipMetrics } from './zip-result.ts';

export class ZipTrace {
  readonly #clock: Clock;
  readonly startedAt: Date;
  readonly #origin: number;
  readonly #downloads = new DownloadSelection();
  #span: Span | undefined;
  /** Where the host's sources run: below the span, once there is one. Made once, for each costs a copy. */
  #context: Context = context.active();

  constructor(id: string, clock: Clock = systemClock) {
    this.#clock = clock;
    this.startedAt = new Date(clock.now());
    this.#origin = clock.monotonic();
    this.#guard(() => {
      this.#span = trace.getTracer('spanledger').startSpan(
        'zip.create',
        {
          startTime: this.#timeAt(0),
          // A turn of another process knows this ZIP by them.
          attributes: { [ATTRIBUTE_KEYS.zipId]: id, ...readTurnBaggage(this.#context) },
        },
        this.#context,
      );
      this.#context = trace.setSpan(this.#context, this.#span);
    });
  }

  /** Milliseconds since the start; never goes back. */
  elapsedMillis(): number {
    return this.#clock.monotonic() - this.#origin;
  }

  /** Runs the host's sources below the span, so that instrumented clients hang their own spans there. */
  run<T>(work: () => T): T {
    return this.#span === undefined ? work() : context.with(this.#context, work);
  }

  addDownload(record: DownloadRecord): void {
    if (this.#span?.isRecording() === true) this.#downloads.add(record);
  }

  succeed(metrics: ZipMetrics): void {
    this.#end(metrics, undefined);
  }

  /** @param metrics what is known of an archive that does not exist */
  fail(error: ZipError, metrics: Partial<ZipMetrics>): void {
    this.#end(metrics, error);
  }

  #end(metrics: Partial<ZipMetrics>, error: ZipError | undefined): void {
    this.#guard(() => recordZipMetrics(metrics, error?.reason));
    const span = this.#span;
    if (span === undefined) return;
    const endMillis = this.elapsedMillis();
    this.#guard(() => {
      const tracer = trace.getTracer('spanledger');
      for (const record of this.#downloads.records) this.#addDownloadSpan(tracer, record);
    });
    this.#guard(() => {
      span.setAttributes({
        ...toAttributes(metrics),
        [ATTRIBUTE_KEYS.zipDownloadSpansDropped]: this.#downloads.dropped,
      });
      if (error !== undefined) {
        span.setAttribute(ATTRIBUTE_KEYS.errorType, error.reason);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      }
    });
    this.#guard(() => span.end(this.#timeAt(endMillis)));
  }

  #addDownloadSpan(tracer: Tracer, record: DownloadRecord): void {
    const { name, source, attempts, sizeBytes, failure } = record;
    const attributes: Attributes = {
      [ATTRIBUTE_KEYS.zipEntryName]: name,
      [ATTRIBUTE_KEYS.zipEntrySource]: source,
      [ATTRIBUTE_KEYS.zipEntryAttempts]: attempts,
    };
    if (sizeBytes !== undefined) attributes[ATTRIBUTE_KEYS.zipEntrySizeBytes] = sizeBytes;
    if (failure !== undefined) attributes[ATTRIBUTE_KEYS.errorType] = failure.reason;
    const startTime = this.#timeAt(record.startMillis);
    const span = tracer.startSpan('zip.download', { startTime, attributes }, this.#context);
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure.detail });
    span.end(this.#timeAt(record.endMillis));
  }

  /** Seconds and nanoseconds: a plain number below the process's start would be read as a time since then. */
  #timeAt(elapsedMillis: number): TimeInput {
    const millis = this.startedAt.getTime() + elapsedMillis;
    const seconds = Math.floor(millis / 1_000);
    return [seconds, Math.trunc((millis - seconds * 1_000) * 1e6)];
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      diag.warn(`spanledger: the trace of a ZIP is incomplete: ${describeError(error)}`);
    }
  }
}

function toAttributes(metrics: Partial<ZipMetrics>): Record<string, number> {
  const named = {
    [ATTRIBUTE_KEYS.zipGenerationTimeMs]: metrics.generationTimeMillis,
    [ATTRIBUTE_KEYS.zipParallelDownloadTimeMs]: metrics.parallelDownloadTimeMillis,
    [ATTRIBUTE_KEYS.zipMaxWorkersUsed]: metrics.maxWorkersUsed,
    [ATTRIBUTE_KEYS.zipFilesIncluded]: metrics.filesIncluded,
    [ATTRIBUTE_KEYS.zipFilesMissing]: metrics.filesMissing,
    [ATTRIBUTE_KEYS.zipTotalSizeBytes]: metrics.totalSizeBytes,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
