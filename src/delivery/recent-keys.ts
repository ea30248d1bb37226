/** Keys settled last, so that a turn exported twice is one row. Older ones are left to the insert id and to the view. */
const MAX_KEYS = 10_000;

export class RecentKeys {
  readonly #keys: Set<string> = new Set();

  add(table: string, key: string): void {
    this.#keys.add(`${table}/${key}`);
    if (this.#keys.size <= MAX_KEYS) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }

  has(table: string, key: string): boolean {
    return this.#keys.has(`${table}/${key}`);
  }
}
