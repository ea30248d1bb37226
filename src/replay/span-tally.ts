import { classifySpan } from '../record/dialects/classify-span.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';

/** Spans of an instrumentation of which no vocabulary knows any. */
export interface UnknownSpans {
  readonly scope: string;
  readonly count: number;
  /** The first few that were met. */
  readonly names: readonly string[];
}

const MAX_SCOPES = 5;
const MAX_NAMES = 3;

/** Accounts for the spans of an input: how many there were, and which nobody recognised. */
export class SpanTally {
  #spans = 0;
  /** Instrumentations of which a span was recognised. */
  readonly #known = new Set<string>();
  readonly #unknown = new Map<string, { count: number; readonly names: Set<string> }>();

  get spans(): number {
    return this.#spans;
  }

  /** Scopes with the most unrecognised spans first, the first few of them. */
  get unknown(): readonly UnknownSpans[] {
    return [...this.#unknown]
      .map(([scope, { count, names }]) => ({ scope, count, names: [...names] }))
      .sort((a, b) => b.count - a.count)
      .slice(0, MAX_SCOPES);
  }

  add(spans: readonly SpanSnapshot[]): void {
    this.#spans += spans.length;
    for (const span of spans) {
      const scope = span.scope.name;
      if (this.#known.has(scope)) continue;
      if (classifySpan(span) !== 'other') {
        this.#known.add(scope);
        this.#unknown.delete(scope);
        continue;
      }
      const unknown = this.#unknown.get(scope) ?? { count: 0, names: new Set() };
      this.#unknown.set(scope, unknown);
      unknown.count += 1;
      if (unknown.names.size < MAX_NAMES) unknown.names.add(span.name);
    }
  }
}
