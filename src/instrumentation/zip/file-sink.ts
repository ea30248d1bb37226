import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ArchiveSink } from './archive-sink.ts';
import { writeFully } from './write-fully.ts';

/**
 * A file that appears by rename, whole and on disk: until then it is `.NAME.ID.partial` in the same folder, since a
 * rename works within one file system only. Rejects with the system's error, e.g. for a folder that is missing.
 */
export async function openFileSink(path: string, id: string): Promise<ArchiveSink> {
  const partial = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${id.replace(/[^\w-]/gu, '_').slice(0, 64)}.partial`,
  );
  const handle = await open(partial, 'wx');
  return {
    write: (chunk) => writeFully(handle, chunk),
    async finish(signal) {
      // Without it a power cut after the rename may leave a file of the right name and no content.
      await handle.datasync();
      await handle.close();
      signal.throwIfAborted();
      await rename(partial, path);
    },
    async abort() {
      await closeQuietly(handle);
      await unlink(partial).catch(() => undefined);
    },
  };
}

async function closeQuietly(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => undefined);
}
