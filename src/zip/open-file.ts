import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { describeError } from '../base/errors.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { HEAD_BYTES, type StoredContent, storeBytes, storeFile } from './stored-content.ts';
import { EntryFailure } from './zip-error.ts';

export interface OpenFileOptions {
  readonly budget: MemoryBudget;
  /** The largest file to hold in memory. */
  readonly limitBytes: number;
  readonly maxEntryBytes: number;
}

/**
 * A file on this machine is whole already: a small one is read into memory, a large one is read while it is appended,
 * through a handle that stays valid when the file is replaced. Rejects with an `EntryFailure`.
 */
export async function openFile(path: string | URL, options: OpenFileOptions): Promise<StoredContent> {
  const { budget, limitBytes, maxEntryBytes } = options;
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK opening a named pipe would hang for ever; Windows has neither.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (!stats.isFile()) throw new EntryFailure('unsupported-source', 'not a regular file');
    if (stats.size > maxEntryBytes) throw new EntryFailure('entry-too-large', `${stats.size} bytes`);
    if (stats.size > limitBytes || !budget.take(stats.size)) return await openLarge(handle, stats.size);
    return await readSmall(handle, stats.size).then(
      (bytes) => storeBytes(bytes, () => budget.give(stats.size)),
      (error: unknown) => {
        budget.give(stats.size);
        throw error;
      },
    );
  } catch (error) {
    await handle?.close().catch(() => undefined);
    throw toEntryFailure(error);
  }
}

async function openLarge(handle: FileHandle, sizeBytes: number): Promise<StoredContent> {
  const head = Buffer.alloc(Math.min(HEAD_BYTES, sizeBytes));
  await handle.read(head, 0, head.length, 0);
  return storeFile(handle, sizeBytes, head, () => handle.close());
}

async function readSmall(handle: FileHandle, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  for (let position = 0; position < sizeBytes; ) {
    const { bytesRead } = await handle.read(bytes, position, sizeBytes - position, position);
    if (bytesRead === 0)
      throw new EntryFailure('length-mismatch', `${position} of ${sizeBytes} bytes`, { retryable: true });
    position += bytesRead;
  }
  await handle.close();
  return bytes;
}

function toEntryFailure(error: unknown): EntryFailure {
  if (error instanceof EntryFailure) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new EntryFailure('not-found', code, { cause: error });
  if (code === 'EACCES' || code === 'EPERM') return new EntryFailure('forbidden', code, { cause: error });
  return new EntryFailure('source-failed', describeError(error), { cause: error });
}
