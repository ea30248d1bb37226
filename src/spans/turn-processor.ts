import type { Attributes, Context } from '@opentelemetry/api';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { ReadableSpan, Span, SpanProcessor } from '../base/sdk-types.ts';
import { snapshotSpan } from './snapshot-span.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import type { ClassifySpan, Turn } from './turn.ts';
import { turnAttributesOf } from './turn-attributes.ts';
import { TurnBuffer } from './turn-buffer.ts';
import type { SpanDropReason } from './turn-buffer-options.ts';
import type { TurnExporter, TurnExportResult } from './turn-exporter.ts';

export interface TurnProcessorOptions {
  /** Loads what makes rows of turns; called when the first turn begins, for a start need not pay for it. */
  readonly exporter: () => Promise<TurnExporter>;
  readonly classify: ClassifySpan;
  readonly diagnostics: Diagnostics;
  /** Milliseconds to wait after a root's end for spans below it. Default: 30,000. */
  readonly zipMetricsTimeoutMillis?: number;
  /** Milliseconds after which a turn whose root is open is written as incomplete. Default: 600,000. */
  readonly turnTimeoutMillis?: number;
  /** Memory for spans whose turn is not written, in bytes. Default: 64 MiB. */
  readonly maxHeldBytes?: number;
  /** Default: 200,000. */
  readonly maxHeldSpans?: number;
  /** Makes every written turn durable; part of `forceFlush` and `shutdown`. Must not reject. */
  readonly settle?: () => Promise<void>;
  readonly clock?: Clock;
}

export interface TurnProcessorStats {
  /** Turns handed to the exporter, amendments not counted. */
  readonly turns: number;
  readonly amendments: number;
  readonly failedExports: number;
  /** Spans that reached no row, by reason. */
  readonly droppedSpans: Readonly<Partial<Record<SpanDropReason, number>>>;
  readonly heldSpans: number;
  readonly heldBytes: number;
}

/** Time that one slice of writing may take from the host's event loop. */
const SLICE_MILLIS = 4;

/**
 * The span processor that makes turns of the host's spans: it copies each span at its end, knows which are open, and
 * hands finished turns to the exporter in slices between the host's own work.
 * Nothing that happens here reaches the host: an exception out of a processor would come out of the host's
 * `span.end()` and keep the span from the processors behind this one.
 */
export class TurnProcessor implements SpanProcessor {
  readonly #buffer: TurnBuffer;
  readonly #load: () => Promise<TurnExporter>;
  #loading: Promise<TurnExporter> | undefined;
  #exporter: TurnExporter | undefined;
  readonly #diagnostics: Diagnostics;
  readonly #settle: () => Promise<void>;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #droppedSpans = new Map<SpanDropReason, number>();
  /** What the context of a span says of its turn. */
  readonly #given = new WeakMap<ReadableSpan, Attributes>();
  #slice: NodeJS.Immediate | undefined;
  #turns = 0;
  #amendments = 0;
  #failedExports = 0;
  #stopped = false;
  #ending = false;

  constructor(options: TurnProcessorOptions) {
    this.#load = options.exporter;
    this.#diagnostics = options.diagnostics;
    this.#settle = options.settle ?? (() => Promise.resolve());
    this.#buffer = new TurnBuffer({
      classify: options.classify,
      clock: options.clock ?? systemClock,
      zipMetricsTimeoutMillis: options.zipMetricsTimeoutMillis ?? 30_000,
      turnTimeoutMillis: options.turnTimeoutMillis ?? 600_000,
      maxHeldBytes: options.maxHeldBytes ?? 64 * 1024 * 1024,
      maxHeldSpans: options.maxHeldSpans ?? 200_000,
      onTurnStart: () => void this.#loaded().catch(() => undefined),
      onTurn: (turn) => {
        if (turn.recordVersion === 1) this.#turns += 1;
        else this.#amendments += 1;
        if (this.#ending) this.#exportSync(turn);
        else this.#track(this.#export(turn));
      },
      onForeignPart: (span) => this.#track(this.#amend(span)),
      onReady: () => this.#scheduleSlice(),
      onDrop: (reason, count) => this.#droppedSpans.set(reason, (this.#droppedSpans.get(reason) ?? 0) + count),
    });
  }

  onStart(span: Span, parentContext: Context): void {
    if (this.#stopped) return;
    this.#guard(() => {
      const given = turnAttributesOf(parentContext);
      if (given !== undefined) this.#given.set(span, given);
      this.#buffer.start(() => snapshotSpan(span, given));
    });
  }

  onEnd(span: ReadableSpan): void {
    if (this.#stopped) return;
    this.#guard(() => this.#buffer.end(() => snapshotSpan(span, this.#given.get(span))));
  }

  /** Resolves when every finished turn is exported and durable. Turns that are still open stay. */
  async forceFlush(): Promise<void> {
    await this.writeFinished();
    await this.#settle();
  }

  /** Resolves when the exporter has answered for every finished turn. */
  async writeFinished(): Promise<void> {
    this.#guard(() => {
      while (this.#buffer.writeReady());
    });
    await this.#answered();
  }

  /** As `writeFinished`, but turns that are still open are written too, as incomplete; amended if they go on. */
  async writeAll(): Promise<void> {
    this.#guard(() => this.#buffer.writeAll());
    await this.#answered();
  }

  /** `writeAll`, then makes the rows durable. Spans after that are ignored. Safe to call twice. */
  async shutdown(): Promise<void> {
    await this.stop();
    await this.#settle();
  }

  /** `writeAll`; spans after that are ignored. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearImmediate(this.#slice);
    await this.writeAll();
  }

  /** Writes what is held before the process ends, where nothing asynchronous runs any more. */
  finishSync(): void {
    this.#ending = true;
    this.#guard(() => this.#buffer.writeAll());
    this.#exporter?.finishSync();
  }

  stats(): TurnProcessorStats {
    return {
      turns: this.#turns,
      amendments: this.#amendments,
      failedExports: this.#failedExports,
      droppedSpans: Object.fromEntries(this.#droppedSpans),
      heldSpans: this.#buffer.held.spans,
      heldBytes: this.#buffer.held.sizeBytes,
    };
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#sayProblem(error);
    }
  }

  #sayProblem(error: unknown): void {
    this.#diagnostics.warn('turn-processor', `a span could not be processed: ${describeError(error)}`);
  }

  #scheduleSlice(): void {
    if (this.#slice !== undefined || this.#stopped) return;
    // Not `unref`: that would not wake an idle event loop, and the turn would wait in memory for the host's next event.
    this.#slice = setImmediate(this.#writeSlice);
  }

  readonly #writeSlice = (): void => {
    this.#slice = undefined;
    const until = performance.now() + SLICE_MILLIS;
    try {
      while (this.#buffer.writeReady()) {
        if (performance.now() < until) continue;
        this.#scheduleSlice();
        break;
      }
    } catch (error) {
      this.#sayProblem(error);
    }
  };

  async #export(turn: Turn): Promise<TurnExportResult> {
    return (this.#exporter ?? (await this.#loaded())).export(turn);
  }

  async #amend(span: SpanSnapshot): Promise<TurnExportResult> {
    return (this.#exporter ?? (await this.#loaded())).amend(span);
  }

  #exportSync(turn: Turn): void {
    if (this.#exporter !== undefined) this.#exporter.exportSync(turn);
    else this.#diagnostics.warn('exit', 'the process ended before a turn could be written; await flush() first');
  }

  #loaded(): Promise<TurnExporter> {
    this.#loading ??= this.#load().then((exporter) => {
      this.#exporter = exporter;
      return exporter;
    });
    return this.#loading;
  }

  #track(work: Promise<TurnExportResult>): void {
    const done: Promise<void> = this.#judge(work).finally(() => this.#inFlight.delete(done));
    this.#inFlight.add(done);
  }

  /** What an exporter answers, it has said; what it throws is said here. */
  async #judge(work: Promise<TurnExportResult>): Promise<void> {
    try {
      if ((await work).status === 'failed') this.#failedExports += 1;
    } catch (error) {
      this.#failedExports += 1;
      this.#diagnostics.warn('turn-export', `a turn was not exported: ${describeError(error)}`);
    }
  }

  async #answered(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }
}
