/**
 * Whether a destination works, known once for all that go there. Closed: requests flow. Open since the first failure: one
 * request at a time, after a delay that doubles with each failure and is drawn at random below its bound, so that many
 * processes do not come back together. Any success closes it. Waits on the monotonic clock only.
 */
import type { Clock } from '../base/clock.ts';
import type { RetryConfig } from './delivery-config.ts';

/** A server that asks for more than this is not believed. */
const MAX_RETRY_AFTER_MILLIS = 3_600_000;

export interface CircuitOptions {
  readonly retry: RetryConfig;
  readonly clock: Clock;
  /** Draws from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

export class Circuit {
  /** Monotonic time of the first failure since the last success; undefined while closed. */
  failingSince: number | undefined;
  /** Monotonic time at which the attempt began that failed last. */
  lastFailedStart: number = Number.NEGATIVE_INFINITY;
  lastReason = '';
  readonly #options: CircuitOptions;
  #failures = 0;
  #nextAttemptAt = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.failingSince !== undefined;
  }

  /** Milliseconds until a request may be tried; 0 is now. */
  get waitMillis(): number {
    return this.isOpen ? Math.max(0, this.#nextAttemptAt - this.#options.clock.monotonic()) : 0;
  }

  /** Whether it has failed for as long as a row waits. */
  get isExhausted(): boolean {
    return (
      this.failingSince !== undefined &&
      this.#options.clock.monotonic() - this.failingSince >= this.#options.retry.totalMillis
    );
  }

  succeed(): void {
    this.failingSince = undefined;
    this.#failures = 0;
  }

  /** @param startedAt monotonic time at which the attempt began */
  fail(reason: string, startedAt: number, retryAfterMillis = 0): void {
    const now = this.#options.clock.monotonic();
    const { initialMillis, maxMillis, multiplier } = this.#options.retry;
    const bound = Math.min(maxMillis, initialMillis * multiplier ** this.#failures);
    const drawn = bound * (this.#options.random ?? Math.random)();
    this.#failures += 1;
    this.failingSince ??= now;
    this.lastFailedStart = Math.max(this.lastFailedStart, startedAt);
    this.lastReason = reason;
    this.#nextAttemptAt = now + Math.max(drawn, Math.min(retryAfterMillis, MAX_RETRY_AFTER_MILLIS));
  }

  /** Lets the next request go at once, e.g. for a flush. */
  expedite(): void {
    this.#nextAttemptAt = 0;
  }
}
