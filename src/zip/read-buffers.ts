/**
 * Buffers in which contents are read back from files, used again once their bytes were written. Each would soon be garbage
 * otherwise, and V8 lets 64 MB of such memory lie before it collects it: a 5 GB entry added 87 MB to the process.
 */
const READ_BYTES = 256 * 1024;

export class ReadBuffers {
  readonly #free: Buffer<ArrayBufferLike>[] = [];
  /** The very chunks that were lent: a part or a copy of one says nothing about the rest. Weak, because the compressor keeps its. */
  readonly #lent: WeakSet<Buffer> = new WeakSet();

  /** @returns a chunk of at most `sizeBytes`, with whatever it held before */
  lend(sizeBytes: number): Buffer {
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
    const chunk = buffer.subarray(0, sizeBytes);
    this.#lent.add(chunk);
    return chunk;
  }

  /** Of a chunk whose bytes nobody looks at any more. One that was not lent, or is back already, is left alone. */
  giveBack(chunk: Buffer): void {
    if (this.#lent.delete(chunk)) this.#free.push(Buffer.from(chunk.buffer));
  }
}
