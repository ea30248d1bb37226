/**
 * A stretch of the archive, made by one `ZipArchive` of archiver. It is used within what it does well: whole contents,
 * one at a time, never aborted half-way. Its own central directory is taken off and returned, because archiver keeps
 * about 500 bytes an entry and writes 29 pieces for each in one go: at 70,000 entries that was 60 MB and 0.3 s in which
 * nothing else ran. Segments keep both constant.
 */
import { Readable } from 'node:stream';
import { ZipArchive } from 'archiver';
import { ByteCollector } from './byte-collector.ts';
import { parseSegmentDirectory, type SegmentDirectory } from './central-directory.ts';
import type { OutputQueue } from './output-queue.ts';
import type { ReadBuffers } from './read-buffers.ts';
import type { StoredContent } from './stored-content.ts';

export interface AppendOptions {
  readonly path: string;
  /** Stored as it is instead of deflated. */
  readonly isStored: boolean;
  readonly modified: Date;
}

const ZLIB_CHUNK_BYTES = 64 * 1024;

export class ArchiveSegment {
  readonly #archive: ZipArchive;
  readonly #output: OutputQueue;
  readonly #buffers: ReadBuffers;
  readonly #sizes: number[] = [];
  #passedBytes = 0;
  #tail: ByteCollector | undefined;
  #step: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(output: OutputQueue, buffers: ReadBuffers, level: number) {
    this.#output = output;
    this.#buffers = buffers;
    this.#archive = new ZipArchive({ zlib: { level, chunkSize: ZLIB_CHUNK_BYTES } });
    this.#archive.on('data', (chunk) => this.#take(chunk));
    this.#archive.on('entry', () => this.#step.resolve());
    this.#archive.on('end', () => this.#step.resolve());
    this.#archive.on('warning', (error) => this.#fail(error));
    this.#archive.on('error', (error) => this.#fail(error));
  }

  get count(): number {
    return this.#sizes.length;
  }

  /** Resolves when the entry is in and there is room for the next; one call at a time. After a rejection: `destroy`. */
  async append(content: StoredContent, { path, isStored, modified }: AppendOptions): Promise<void> {
    this.#sizes.push(content.sizeBytes);
    await this.#do(() => {
      this.#archive.append(content.bytes ?? this.#openStream(content), { name: path, date: modified, store: isStored });
    });
    await this.#output.room();
  }

  /** Ends the segment. @returns its directory, checked against what was appended */
  async close(): Promise<SegmentDirectory> {
    const tail = new ByteCollector();
    this.#tail = tail;
    await this.#do(() => {
      this.#archive.finalize().catch((error: unknown) => this.#fail(error));
    });
    const end = tail.bytes;
    const directory = parseSegmentDirectory(end);
    const isWhole = directory.records.every(({ sizeBytes }, index) => sizeBytes === this.#sizes[index]);
    if (!isWhole || directory.records.length !== this.#sizes.length) throw new Error('archiver lost content');
    this.#output.push(end.subarray(0, directory.offset - this.#passedBytes));
    return directory;
  }

  destroy(): void {
    this.#fail(new Error('destroyed'));
    this.#archive.destroy();
  }

  #do(act: () => void): Promise<void> {
    this.#step = Promise.withResolvers();
    act();
    return this.#step.promise;
  }

  #openStream(content: StoredContent): Readable {
    const stream = Readable.from(content.chunks(this.#buffers), { objectMode: false });
    // archiver would wait for ever for the end of a stream that has failed.
    stream.on('error', (error) => this.#fail(error));
    return stream;
  }

  #take(chunk: Buffer): void {
    if (this.#tail !== undefined) {
      this.#tail.push(chunk);
      return;
    }
    this.#passedBytes += chunk.length;
    if (this.#output.push(chunk)) return;
    this.#archive.pause();
    this.#output.room().then(
      () => this.#archive.resume(),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    // Whoever waits hears of it; where nobody does, the rejection must not end the process.
    this.#step.promise.catch(() => undefined);
    this.#step.reject(error);
  }
}
