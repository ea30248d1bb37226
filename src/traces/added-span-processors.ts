import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '../base/sdk-types.ts';

/**
 * Processors that others add to the provider after it was made, as providers of SDK 1 allowed. They come behind our own,
 * so that what they change on a span at its end is not in the row; they see the spans that a sampler would show them.
 */
export class AddedSpanProcessors implements SpanProcessor {
  readonly #processors: SpanProcessor[] = [];

  add(processor: SpanProcessor): void {
    this.#processors.push(processor);
  }

  onStart(span: Span, parentContext: Context): void {
    this.#tell((each) => each.onStart(span, parentContext));
  }

  onEnding(span: Span): void {
    this.#tell((each) => each.onEnding?.(span));
  }

  onEnd(span: ReadableSpan): void {
    this.#tell((each) => each.onEnd(span));
  }

  async forceFlush(): Promise<void> {
    await Promise.allSettled(this.#processors.map(async (each) => each.forceFlush()));
  }

  async shutdown(): Promise<void> {
    await Promise.allSettled(this.#processors.map(async (each) => each.shutdown()));
  }

  /** What one throws reaches neither the host nor the others. */
  #tell(call: (processor: SpanProcessor) => void): void {
    for (const each of this.#processors) {
      try {
        call(each);
      } catch {
        // It is not ours to report.
      }
    }
  }
}
