import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFully } from './write-fully.ts';

/**
 * A file without a name: unlinked as soon as it is open, so that the system takes it back even after `kill -9`.
 * Windows cannot unlink an open file; there it goes when it is closed.
 */
export class TemporaryFile {
  readonly handle: FileHandle;
  readonly #path: string | undefined;

  private constructor(handle: FileHandle, path: string | undefined) {
    this.handle = handle;
    this.#path = path;
  }

  static async create(folder: string): Promise<TemporaryFile> {
    const path = join(folder, `spanledger-zip-${randomUUID()}.tmp`);
    // Only the owner may read what may be an invoice.
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    const unlinked = await unlink(path).then(
      () => true,
      () => false,
    );
    return new TemporaryFile(handle, unlinked ? undefined : path);
  }

  write(chunk: Uint8Array): Promise<void> {
    return writeFully(this.handle, chunk);
  }

  async close(): Promise<void> {
    await this.handle.close();
    if (this.#path !== undefined) await unlink(this.#path);
  }
}
