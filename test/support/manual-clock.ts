import type { Clock } from '../../src/base/clock.ts';

interface Waiting {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  readonly #waiting = new Set<Waiting>();

  constructor(startMillis = Date.UTC(2025, 0, 15, 12)) {
    this.#now = startMillis;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMillis: number): { cancel(): void } {
    const waiting = { at: this.#now + delayMillis, callback };
    this.#waiting.add(waiting);
    return { cancel: () => this.#waiting.delete(waiting) };
  }

  get timers(): number {
    return this.#waiting.size;
  }

  /** Moves the time, fires what is due in order, and lets promises and file reads settle after each. */
  async advance(millis: number): Promise<void> {
    const end = this.#now + millis;
    for (;;) {
      await settle();
      const next = [...this.#waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}

async function settle(): Promise<void> {
  let quietTurns = 0;
  while (quietTurns < 4) {
    await new Promise((resolve) => setImmediate(resolve));
    const readsFiles = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name === 'CloseReq');
    quietTurns = readsFiles ? 0 : quietTurns + 1;
  }
}
