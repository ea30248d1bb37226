import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ArchiveSink } from './archive-sink.ts';
import { writeFully } from './write-fully.ts';

/** Sent to the disk at a time, while downloads are awaited, so that the end does not wait for all of it. */
const SYNC_BYTES = 1024 * 1024;

/**
 * A file that appears by rename, whole and on disk: until then it is `.NAME.ID.partial` in the same folder, since a
 * rename works within one file system only. Rejects with the system's error, e.g. for a folder that is missing.
 */
export async function openFileSink(path: string, id: string): Promise<ArchiveSink> {
  // At most 120 bytes of the name and 64 of the id: a file name holds 255.
  const name = `.${basename(path).slice(0, 40)}.${id.replace(/[^\w-]/gu, '_').slice(0, 64)}.partial`;
  const partial = join(dirname(path), name);
  const handle = await open(partial, 'wx');
  let unsyncedBytes = 0;
  // The system tells a failed write-back once; it must not get lost between two calls.
  let sync: Promise<void> = Promise.resolve();
  return {
    keepsChunks: false,
    async write(chunk) {
      await writeFully(handle, chunk);
      unsyncedBytes += chunk.length;
      if (unsyncedBytes < SYNC_BYTES) return;
      await sync;
      unsyncedBytes = 0;
      sync = handle.datasync();
      sync.catch(() => undefined);
    },
    async finish(signal) {
      await sync;
      // Without it a power cut after the rename may leave a file of the right name and no content.
      await handle.datasync();
      await handle.close();
      signal.throwIfAborted();
      await rename(partial, path);
    },
    async abort() {
      await sync.catch(() => undefined);
      await handle.close().catch(() => undefined);
      await unlink(partial).catch(() => undefined);
    },
  };
}
