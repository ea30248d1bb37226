import type { Clock, Timer } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ReadableSpan, SpanProcessor } from '../base/sdk-types.ts';

const FIRST_LOOK_MILLIS = 60_000;
const MAX_SCOPES = 10;

/**
 * Says once, a minute after the start, that no turn has begun, with what was seen instead: whoever waits for rows that never
 * come has nothing else to look at. With the first turn, or once it is said, it is done, and a span costs it a comparison.
 */
export class SilenceWatch implements SpanProcessor {
  readonly #diagnostics: Diagnostics;
  readonly #clock: Clock;
  readonly #scopes = new Set<string>();
  #timer: Timer | undefined;
  #isOver = false;
  #hasStarted = false;
  #hasEndedRoot = false;

  constructor(diagnostics: Diagnostics, clock: Clock) {
    this.#diagnostics = diagnostics;
    this.#clock = clock;
    this.#wait();
  }

  onStart(): void {
    this.#hasStarted = true;
  }

  onEnd(span: ReadableSpan): void {
    if (this.#isOver) return;
    try {
      if (this.#scopes.size < MAX_SCOPES) this.#scopes.add(span.instrumentationScope.name);
      if (span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true) this.#hasEndedRoot = true;
    } catch {
      // A span that cannot be read must not reach the host out of its `span.end()`.
    }
  }

  /** A turn has begun. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.stop();
  }

  #wait(): void {
    this.#timer = this.#clock.setTimer(() => this.#look(), FIRST_LOOK_MILLIS);
  }

  #look(): void {
    // What is under way may turn out to be a turn when it ends.
    if (this.#hasStarted && !this.#hasEndedRoot) {
      this.#wait();
      return;
    }
    this.stop();
    if (this.#hasStarted) {
      this.#diagnostics.warn(
        'no-turn-understood',
        `spans arrive, and none of them is of an agent, a model or a tool; scopes: ${[...this.#scopes].join(', ')}. ` +
          "Switch your framework's own telemetry or its instrumentation on, or wrap the agent in traceAgent(); " +
          '`npx spanledger doctor` looks at the set-up',
      );
    } else {
      this.#diagnostics.warn(
        'no-spans',
        'no span has arrived in the first minute. If the agent was used in it: load this package before all others ' +
          "(node --import spanledger/instrument), and switch your framework's telemetry or its instrumentation on; " +
          '`npx spanledger doctor` looks at the set-up',
      );
    }
  }
}
