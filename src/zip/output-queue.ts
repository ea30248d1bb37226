/**
 * Between archiver, which pushes hundreds of pieces of two and four bytes an entry, and a destination that should get
 * few, large ones. Invariant: bytes leave in the order in which they came; one write is under way at a time.
 */
const BLOCK_BYTES = 256 * 1024;
/** A larger chunk is passed on as it is: copying it would cost more than a write of its own. */
const COPIED_BYTES = 64 * 1024;
const FULL_BYTES = 1024 * 1024;

export class OutputQueue {
  readonly #write: (chunk: Buffer) => Promise<void>;
  readonly #chunks: Buffer[] = [];
  #block: Buffer = Buffer.alloc(0);
  #blockUsed = 0;
  #queuedBytes = 0;
  #pushedBytes = 0;
  #pump: Promise<void> | undefined;
  #written: PromiseWithResolvers<void> = Promise.withResolvers();
  #failure: { readonly error: unknown } | undefined;

  constructor(write: (chunk: Buffer) => Promise<void>) {
    this.#write = write;
  }

  /** All bytes that came in so far. */
  get pushedBytes(): number {
    return this.#pushedBytes;
  }

  /** @returns whether there is room for more; otherwise wait for `room` */
  push(chunk: Buffer): boolean {
    this.#pushedBytes += chunk.length;
    if (chunk.length > COPIED_BYTES) {
      this.#seal();
      this.#enqueue(chunk);
    } else {
      if (this.#blockUsed + chunk.length > this.#block.length) this.#startBlock();
      this.#block.set(chunk, this.#blockUsed);
      this.#blockUsed += chunk.length;
    }
    return this.#queuedBytes < FULL_BYTES;
  }

  /** Resolves when there is room for more. Rejects where a write has failed. */
  async room(): Promise<void> {
    while (this.#failure === undefined && this.#queuedBytes >= FULL_BYTES) await this.#written.promise;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits until all that was pushed has left. */
  async flush(): Promise<void> {
    this.#seal();
    await this.#pump;
    await this.room();
  }

  #startBlock(): void {
    this.#seal();
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  #seal(): void {
    if (this.#blockUsed > 0) this.#enqueue(this.#block.subarray(0, this.#blockUsed));
    this.#block = this.#block.subarray(this.#blockUsed);
    this.#blockUsed = 0;
  }

  #enqueue(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#failure === undefined) this.#pump ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
        await this.#write(chunk);
        this.#queuedBytes -= chunk.length;
        this.#announce();
      }
    } catch (error) {
      this.#failure = { error };
      this.#chunks.length = 0;
      this.#announce();
    }
    this.#pump = undefined;
  }

  #announce(): void {
    this.#written.resolve();
    this.#written = Promise.withResolvers();
  }
}
