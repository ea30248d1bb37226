import type { Clock } from '../base/clock.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import type { ClassifySpan, Turn } from './turn.ts';

export interface TurnBufferOptions {
  readonly classify: ClassifySpan;
  readonly clock: Clock;
  /** Milliseconds after a root's end in which spans below it may still end, before the turn is written without them. */
  readonly zipMetricsTimeoutMillis: number;
  /**
   * Milliseconds after a turn's start at which it is written although its root is open, and for which a written turn
   * is held for spans that come late.
   */
  readonly turnTimeoutMillis: number;
  /** Memory for held spans, in bytes, as `measureSnapshot` counts. */
  readonly maxHeldBytes: number;
  readonly maxHeldSpans: number;
  /** Called when a turn begins: what its export needs may be loaded meanwhile. Must not throw. */
  readonly onTurnStart: () => void;
  /** Takes each finished turn, and each amendment of one. Must not throw. */
  readonly onTurn: (turn: Turn) => void;
  /** Takes a span that adds to a row and is in no turn of this process. Must not throw. */
  readonly onForeignPart: (span: SpanSnapshot) => void;
  /** Called when a turn became ready and `writeReady` should be called soon. */
  readonly onReady: () => void;
  /** Counts spans that reach no row. */
  readonly onDrop: (reason: SpanDropReason, count: number) => void;
}

export type SpanDropReason =
  /** Ended or started after its turn was written and let go. */
  | 'late-span'
  /** A second span with an id that is held, or a span that ended twice. */
  | 'duplicate-span'
  /** A model or tool call beside the agents of its trace, in no agent's turn. */
  | 'outside-turn'
  /** Let go because of the bounds, before its turn could be known. */
  | 'span-bound'
  /** Ids that are not as OpenTelemetry says, or all zero: rows of different turns would share a key. */
  | 'invalid-id';
