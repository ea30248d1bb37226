import { RecentSet } from '../base/recent-set.ts';
import { buildTurns } from './build-turns.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import type { ClassifySpan, Turn } from './turn.ts';

/** Traces whose turns were taken, to know late spans by. */
const TAKEN_TRACES = 10_000;

/**
 * Makes turns of spans that arrive as exporters get them: ended, in batches of any size, children before parents.
 * A trace is taken when its local root has arrived. Where the live spans can be seen, the turn processor does better:
 * it knows which spans are open, waits for them, and needs not wait for a local root that lives long.
 */
export class SpanBatches {
  readonly #classify: ClassifySpan;
  readonly #maxSpans: number;
  readonly #traces = new Map<string, SpanSnapshot[]>();
  readonly #taken = new RecentSet<string>(TAKEN_TRACES);
  #count = 0;
  #late = 0;

  /** @param maxSpans that wait for their local root. Over it, the trace that has waited longest is taken as it is. */
  constructor(classify: ClassifySpan, maxSpans: number) {
    this.#classify = classify;
    this.#maxSpans = maxSpans;
  }

  /** Spans that came after the turns of their trace were taken. */
  get lateSpans(): number {
    return this.#late;
  }

  /** @returns the turns that are complete with these spans */
  add(spans: readonly SpanSnapshot[]): Turn[] {
    const rooted = new Set<string>();
    for (const span of spans) {
      const isRoot = span.parentSpanId === undefined || span.parentIsRemote;
      if (!isRoot && !this.#traces.has(span.traceId) && this.#taken.has(span.traceId)) {
        this.#late += 1;
        continue;
      }
      if (isRoot) rooted.add(span.traceId);
      const waiting = this.#traces.get(span.traceId);
      if (waiting === undefined) this.#traces.set(span.traceId, [span]);
      else waiting.push(span);
      this.#count += 1;
    }
    const turns = [...rooted].flatMap((traceId) => this.#take(traceId));
    while (this.#count > this.#maxSpans) {
      const [oldest] = this.#traces.keys();
      if (oldest === undefined) break;
      turns.push(...this.#take(oldest));
    }
    return turns;
  }

  /** @returns the turns of what is left, whose local roots have not arrived */
  takeAll(): Turn[] {
    return [...this.#traces.keys()].flatMap((traceId) => this.#take(traceId));
  }

  #take(traceId: string): Turn[] {
    const spans = this.#traces.get(traceId) ?? [];
    this.#traces.delete(traceId);
    this.#taken.add(traceId);
    this.#count -= spans.length;
    return buildTurns(spans, this.#classify);
  }
}
