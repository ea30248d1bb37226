/** A set that holds the most recently added items, up to a bound. */
export class RecentSet<Item> {
  readonly #items = new Set<Item>();
  readonly #maxItems: number;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  has(item: Item): boolean {
    return this.#items.has(item);
  }

  add(item: Item): void {
    this.#items.delete(item);
    this.#items.add(item);
    if (this.#items.size <= this.#maxItems) return;
    const [oldest] = this.#items;
    if (oldest !== undefined) this.#items.delete(oldest);
  }
}
