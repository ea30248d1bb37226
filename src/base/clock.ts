/**
 * Time as the package sees it. Everything that waits or reads the time takes a `Clock`, so that tests and the
 * simulated outage can run hours in milliseconds.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump, as wall clocks do; waiting never depends on it. */
  now(): number;
  /** Milliseconds from an arbitrary start that never goes back. */
  monotonic(): number;
  /** Calls `callback` once after `delayMillis`. The timer never keeps the process alive. */
  setTimer(callback: () => void, delayMillis: number): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Longest delay that Node's `setTimeout` takes before it fires at once: 2^31 − 1 ms. */
const MAX_DELAY_MILLIS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(callback, delayMillis) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMillis, 0), MAX_DELAY_MILLIS));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
