import { DeadlineQueue } from './deadline-queue.ts';
import type { HeldSpan } from './held-spans.ts';
import type { TurnBufferOptions } from './turn-buffer-options.ts';

/** Between two questions to an open span that says nothing; a `turnTimeout` of 0 must not make it one question after the other. */
const MIN_SILENCE_MILLIS = 1_000;

export interface HeldTurn {
  /** The agent span; for a turn without one, the local root that its GenAI spans are below. */
  readonly top: HeldSpan;
  readonly kind: 'agent' | 'genai';
  /** `open`: collecting; `ready`: to be written; `written`: held for late spans. */
  state: 'open' | 'ready' | 'written';
  recordVersion: number;
  /** The span that names its row; known once it was written. */
  rootSpanId: string | undefined;
  /** Whether what was written last lacked nothing. */
  complete: boolean;
  /** Whether spans have come since then that change it. */
  stale: boolean;
}

/** What each held turn waits for. A turn that waits for its root is in `unwritten`, and in `waiting` once that has ended. */
export class TurnQueues {
  readonly ready: Set<HeldTurn> = new Set();
  /** Turns not written yet, oldest first. */
  readonly unwritten: DeadlineQueue<HeldTurn>;
  /** Turns whose top has ended and that have open spans. */
  readonly waiting: DeadlineQueue<HeldTurn>;
  readonly written: DeadlineQueue<HeldTurn>;
  /** Open local roots that are in no turn: they may have come to say that they are of one. */
  readonly silent: DeadlineQueue<HeldSpan>;
  /** Silent roots that are due. They wait to be asked, for a timer's callback must not throw, and reading a host's span may. */
  readonly toAsk: Set<HeldSpan> = new Set();
  /** Written turns whose top is still open: held until it ends, or a bound asks for their memory. */
  readonly unended: Set<HeldTurn> = new Set();

  /**
   * @param makeReady takes a turn that is to be written as it is
   * @param forget takes a written turn that is to be let go
   */
  constructor(options: TurnBufferOptions, makeReady: (turn: HeldTurn) => void, forget: (turn: HeldTurn) => void) {
    const { clock, turnTimeoutMillis, zipMetricsTimeoutMillis } = options;
    this.unwritten = new DeadlineQueue(clock, turnTimeoutMillis, makeReady);
    this.waiting = new DeadlineQueue(clock, zipMetricsTimeoutMillis, makeReady);
    this.written = new DeadlineQueue(clock, turnTimeoutMillis, forget);
    this.silent = new DeadlineQueue(clock, Math.max(turnTimeoutMillis, MIN_SILENCE_MILLIS), (root) => {
      this.toAsk.add(root);
      options.onReady();
    });
  }

  delete(turn: HeldTurn): void {
    this.unwritten.delete(turn);
    this.waiting.delete(turn);
    this.written.delete(turn);
    this.unended.delete(turn);
    this.ready.delete(turn);
  }
}
