/**
 * Bytes that the contents of one archive may hold in memory while they wait for their turn. What does not fit goes
 * through a temporary file, so a ZIP's memory depends neither on the size nor on the number of its entries.
 */
export class MemoryBudget {
  #freeBytes: number;

  constructor(totalBytes: number) {
    this.#freeBytes = totalBytes;
  }

  /** @returns whether the bytes were free; a `false` takes nothing */
  take(sizeBytes: number): boolean {
    if (sizeBytes > this.#freeBytes) return false;
    this.#freeBytes -= sizeBytes;
    return true;
  }

  give(sizeBytes: number): void {
    this.#freeBytes += sizeBytes;
  }
}
