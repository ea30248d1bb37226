import type { Clock, Timer } from '../base/clock.ts';

/**
 * Items that each fall due a fixed time after they were added. The delay is the same for all, so insertion order is
 * due order and one timer serves any number of items.
 */
export class DeadlineQueue<Item> {
  readonly #clock: Clock;
  readonly #delayMillis: number;
  readonly #onDue: (item: Item) => void;
  readonly #dueAt = new Map<Item, number>();
  #timer: Timer | undefined;

  /** @param onDue called once per due item, after it has left the queue; must not throw */
  constructor(clock: Clock, delayMillis: number, onDue: (item: Item) => void) {
    this.#clock = clock;
    this.#delayMillis = delayMillis;
    this.#onDue = onDue;
  }

  /** Adds an item; one that waits already keeps its deadline. */
  add(item: Item): void {
    if (this.#dueAt.has(item)) return;
    this.#dueAt.set(item, this.#clock.monotonic() + this.#delayMillis);
    this.#arm();
  }

  delete(item: Item): void {
    this.#dueAt.delete(item);
  }

  /** All that wait, in the order in which they fall due. */
  items(): Item[] {
    return [...this.#dueAt.keys()];
  }

  /** The item that falls due next. */
  oldest(): Item | undefined {
    return this.#dueAt.keys().next().value;
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    const next = this.#dueAt.values().next().value;
    if (next === undefined) return;
    this.#timer = this.#clock.setTimer(() => this.#fire(), next - this.#clock.monotonic());
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (const [item, dueAt] of this.#dueAt) {
      if (dueAt > now) break;
      this.#dueAt.delete(item);
      this.#onDue(item);
    }
    this.#arm();
  }
}
