import type { FileHandle } from 'node:fs/promises';
import type { ReadBuffers } from './read-buffers.ts';

/** A whole, verified content on this machine, ready to be appended. */
export interface StoredContent {
  readonly sizeBytes: number;
  /** The first bytes, up to `HEAD_BYTES`: they tell what it is. */
  readonly head: Uint8Array;
  /** All of it, where it is held in memory. */
  readonly bytes: Buffer | undefined;
  /** All of it, in chunks that stay as they are until they are given back to `buffers`. */
  chunks(buffers: ReadBuffers): AsyncGenerator<Buffer, void, undefined>;
  /** Gives memory or file back. Called once; MUST NOT reject. */
  release(): Promise<void>;
}

/** As far as the first marker of a PDF may stand from its beginning. */
export const HEAD_BYTES = 1_024;

/** Content in memory. `onRelease` hears that the bytes are not needed any more. */
export function storeBytes(bytes: Buffer, onRelease: () => void): StoredContent {
  return {
    sizeBytes: bytes.length,
    head: bytes.subarray(0, HEAD_BYTES),
    bytes,
    async *chunks() {
      yield bytes;
    },
    async release() {
      onRelease();
    },
  };
}

/** Content in an open file: its first `sizeBytes` bytes. A file that has become shorter meanwhile ends in an error. */
export function storeFile(
  handle: FileHandle,
  sizeBytes: number,
  head: Uint8Array,
  close: () => Promise<void>,
): StoredContent {
  return {
    sizeBytes,
    head,
    bytes: undefined,
    async *chunks(buffers) {
      for (let position = 0; position < sizeBytes; ) {
        const chunk = buffers.lend(sizeBytes - position);
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
        if (bytesRead === 0) throw new Error(`the file ended after ${position} of ${sizeBytes} bytes`);
        position += bytesRead;
        yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
      }
    },
    release: () => close().catch(() => undefined),
  };
}
