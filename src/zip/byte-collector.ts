const FIRST_BYTES = 64 * 1024;

/** Joins many small chunks by copying them: thousands of little buffers that were kept would outlive young collections. */
export class ByteCollector {
  #block: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;

  /** All that was pushed. */
  get bytes(): Buffer {
    return this.#block.subarray(0, this.#used);
  }

  push(chunk: Uint8Array): void {
    const needed = this.#used + chunk.length;
    if (needed > this.#block.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#block.length * 2));
      this.#block.copy(grown, 0, 0, this.#used);
      this.#block = grown;
    }
    this.#block.set(chunk, this.#used);
    this.#used = needed;
  }
}
