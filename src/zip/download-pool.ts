/**
 * Runs the work of many items, a few at a time, and hands the results over in the order of the items or as they come.
 * Invariant: at most `concurrency` items are at work, and at most `windowSize` are at work or wait to be handed over,
 * so that a slow first item cannot pile up results behind it. Items are pulled one by one, when there is room.
 */
export interface DownloadPoolOptions<T, R> {
  readonly items: Iterable<T> | AsyncIterable<T>;
  /** MUST NOT reject: a failure is a result. */
  readonly work: (item: T) => Promise<R>;
  readonly concurrency: number;
  readonly windowSize: number;
  readonly order: 'given' | 'arrival';
}

interface Slot<R> {
  result: { readonly value: R } | undefined;
}

export class DownloadPool<T, R> {
  readonly #options: DownloadPoolOptions<T, R>;
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  readonly #slots: Slot<R>[] = [];
  /** How many of the first slots are done; counted for `arrival` only. */
  #arrived = 0;
  #active = 0;
  #maxActive = 0;
  #exhausted = false;
  #pulling = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(options: DownloadPoolOptions<T, R>) {
    this.#options = options;
    const { items } = options;
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** The most items that were at work at the same time. */
  get maxActive(): number {
    return this.#maxActive;
  }

  /** The next result; `undefined` after the last one. Rejects with what the items' iterator threw. */
  async next(): Promise<R | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      void this.#pull();
      const result = this.#slots[0]?.result;
      if (result !== undefined) {
        this.#slots.shift();
        this.#arrived -= 1;
        void this.#pull();
        return result.value;
      }
      if (this.#exhausted && this.#slots.length === 0) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Starts nothing more, waits for what is at work. @returns the results that were not handed over */
  async close(): Promise<R[]> {
    if (!this.#exhausted) {
      this.#exhausted = true;
      // A generator that waits for something answers `return` only afterwards; nobody waits for that here.
      void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
    }
    while (this.#active > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#slots.flatMap(({ result }) => (result === undefined ? [] : [result.value]));
  }

  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      while (this.#hasRoom()) {
        const next = await this.#iterator.next();
        if (next.done === true) this.#exhausted = true;
        else if (!this.#exhausted) void this.#start(next.value);
      }
    } catch (error) {
      this.#exhausted = true;
      this.#failure = { error };
    }
    this.#pulling = false;
    this.#wake();
  }

  #hasRoom(): boolean {
    const { concurrency, windowSize } = this.#options;
    return !this.#exhausted && this.#active < concurrency && this.#slots.length < windowSize;
  }

  async #start(item: T): Promise<void> {
    const slot: Slot<R> = { result: undefined };
    this.#slots.push(slot);
    this.#active += 1;
    this.#maxActive = Math.max(this.#maxActive, this.#active);
    const value = await this.#options.work(item);
    slot.result = { value };
    this.#active -= 1;
    if (this.#options.order === 'arrival') this.#moveForward(slot);
    this.#wake();
    void this.#pull();
  }

  #moveForward(slot: Slot<R>): void {
    this.#slots.splice(this.#slots.indexOf(slot), 1);
    this.#slots.splice(this.#arrived, 0, slot);
    this.#arrived += 1;
  }
}
