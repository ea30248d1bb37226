/**
 * The time that models and tools take. The first call of every conversation waits until each of them has made one, so
 * that all are open at once; from there on chance decides who goes on.
 */
export class Pace {
  readonly #expected: number;
  readonly #begun = new Set<string>();
  readonly #allHaveBegun: Promise<void>;
  #open: () => void = () => {};

  /** @param expected number of conversations */
  constructor(expected: number) {
    this.#expected = expected;
    this.#allHaveBegun = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** @param session of the conversation that takes the time */
  async moment(session: string): Promise<void> {
    this.#begun.add(session);
    if (this.#begun.size === this.#expected) this.#open();
    await this.#allHaveBegun;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
  }
}
