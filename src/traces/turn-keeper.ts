import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '../base/sdk-types.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import { walk } from '../spans/walk.ts';
import { spanFromSnapshot } from './span-from-snapshot.ts';

/** Which turns a trace backend sees although they were not sampled. */
export interface KeepRules {
  /** Turns that failed. */
  readonly errors: boolean;
  /** Turns that took at least this long. `undefined`: none. */
  readonly slowerThanMillis: number | undefined;
}

export interface TurnKeeperOptions {
  readonly rules: KeepRules;
  /** Sends a span to the trace exporters. */
  readonly export: (span: ReadableSpan) => void;
}

/** What of a turn decides. */
export type TurnOutcome = Pick<TurnReading, 'turn' | 'success' | 'startTimeUnixNano' | 'endTimeUnixNano'>;

/** Turns that late spans may still amend. */
const MAX_KEPT_TURNS = 1_000;

/**
 * Sends turns to the trace backend that the sampler had left out, once they have turned out to matter: their spans
 * were recorded for the row anyway. A span is sent once, also where a late one amends its turn.
 */
export class TurnKeeper {
  readonly #options: TurnKeeperOptions;
  /** Spans sent, by turn; the oldest turn goes first. */
  readonly #sent = new Map<string, Set<string>>();

  constructor(options: TurnKeeperOptions) {
    this.#options = options;
  }

  /** @returns whether the backend sees the turn: then the row's `sampled` is true */
  keep(reading: TurnOutcome): boolean {
    const { turn } = reading;
    if (turn.roots.every(({ span }) => span.sampled)) return true;
    const id = `${turn.traceId}-${turn.rootSpanId}`;
    if (!this.#matters(reading) && !this.#sent.has(id)) return false;
    const sent = this.#sentOf(id);
    for (const span of [...spansOf(turn), ...turn.ancestors]) {
      if (span.sampled || span.endTimeUnixNano === undefined || sent.has(span.spanId)) continue;
      sent.add(span.spanId);
      this.#options.export(spanFromSnapshot(span, TraceFlags.SAMPLED));
    }
    return true;
  }

  #matters({ success, startTimeUnixNano: start, endTimeUnixNano: end }: TurnOutcome): boolean {
    const { errors, slowerThanMillis } = this.#options.rules;
    if (errors && success === false) return true;
    return slowerThanMillis !== undefined && end !== undefined && Number(end - start) / 1e6 >= slowerThanMillis;
  }

  #sentOf(id: string): Set<string> {
    const sent = this.#sent.get(id) ?? new Set<string>();
    this.#sent.set(id, sent);
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > MAX_KEPT_TURNS && oldest !== undefined) this.#sent.delete(oldest);
    return sent;
  }
}

function* spansOf(turn: Turn): Generator<SpanSnapshot> {
  for (const root of turn.roots) for (const { span } of walk(root)) yield span;
}
