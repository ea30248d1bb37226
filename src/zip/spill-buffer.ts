/**
 * Takes bytes of unknown length: in memory as long as the limit and the archive's budget allow, then in a temporary
 * file. Invariant: at most `limitBytes` are held in memory, all of them counted in the budget; after `finish` or
 * `discard` nothing is held here.
 */
import type { MemoryBudget } from './memory-budget.ts';
import { HEAD_BYTES, type StoredContent, storeBytes, storeFile } from './stored-content.ts';
import { TemporaryFile } from './temporary-file.ts';

const FIRST_BYTES = 32 * 1024;

export interface SpillBufferOptions {
  readonly budget: MemoryBudget;
  readonly limitBytes: number;
  readonly temporaryFolder: string;
  /** Saves growing where the length is known. */
  readonly expectedBytes?: number | undefined;
}

export class SpillBuffer {
  readonly #options: SpillBufferOptions;
  #memory: Buffer = Buffer.alloc(0);
  #file: TemporaryFile | undefined;
  #head: Buffer = Buffer.alloc(0);
  #sizeBytes = 0;

  constructor(options: SpillBufferOptions) {
    this.#options = options;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Copies the chunk, so that a small slice does not keep a large block alive. */
  async append(chunk: Uint8Array): Promise<void> {
    if (this.#file === undefined && !this.#reserve(this.#sizeBytes + chunk.length)) await this.#spill();
    if (this.#file === undefined) {
      this.#memory.set(chunk, this.#sizeBytes);
    } else {
      const wanted = HEAD_BYTES - this.#head.length;
      if (wanted > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, wanted)]);
      await this.#file.write(chunk);
    }
    this.#sizeBytes += chunk.length;
  }

  finish(): StoredContent {
    const file = this.#file;
    if (file !== undefined) {
      this.#file = undefined;
      return storeFile(file.handle, this.#sizeBytes, this.#head, () => file.close());
    }
    const { buffer, byteOffset, length } = this.#memory;
    this.#memory = Buffer.alloc(0);
    return storeBytes(Buffer.from(buffer, byteOffset, this.#sizeBytes), () => this.#options.budget.give(length));
  }

  async discard(): Promise<void> {
    this.#options.budget.give(this.#memory.length);
    this.#memory = Buffer.alloc(0);
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  #reserve(neededBytes: number): boolean {
    const { budget, limitBytes, expectedBytes } = this.#options;
    const held = this.#memory.length;
    if (neededBytes <= held) return true;
    if (Math.max(neededBytes, expectedBytes ?? 0) > limitBytes) return false;
    const capacity =
      expectedBytes !== undefined && expectedBytes >= neededBytes ? expectedBytes : growTo(neededBytes, held);
    const size = Math.min(capacity, limitBytes);
    if (!budget.take(size - held)) return false;
    const grown = Buffer.allocUnsafeSlow(size);
    this.#memory.copy(grown, 0, 0, this.#sizeBytes);
    this.#memory = grown;
    return true;
  }

  async #spill(): Promise<void> {
    const kept = this.#memory.subarray(0, this.#sizeBytes);
    this.#file = await TemporaryFile.create(this.#options.temporaryFolder);
    await this.#file.write(kept);
    this.#head = Buffer.from(kept.subarray(0, HEAD_BYTES));
    this.#options.budget.give(this.#memory.length);
    this.#memory = Buffer.alloc(0);
  }
}

function growTo(neededBytes: number, heldBytes: number): number {
  return Math.max(neededBytes, heldBytes * 2, FIRST_BYTES);
}
