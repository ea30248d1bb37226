import type { FileHandle } from 'node:fs/promises';

/** Appends all of a chunk: a single `write` may take only a part of it, also where the disk is not full. */
export async function writeFully(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset);
    offset += bytesWritten;
  }
}
