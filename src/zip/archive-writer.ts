import { type AppendOptions, ArchiveSegment } from './archive-segment.ts';
import type { ArchiveSink } from './archive-sink.ts';
import { renderEnd, renderRecord } from './central-directory.ts';
import { MemoryBudget } from './memory-budget.ts';
import { OutputQueue } from './output-queue.ts';
import { ReadBuffers } from './read-buffers.ts';
import { SpillBuffer } from './spill-buffer.ts';
import type { StoredContent } from './stored-content.ts';

/** A `write` that rejects fails the archive. */
export interface ArchiveWriterOptions extends Pick<ArchiveSink, 'keepsChunks' | 'write'> {
  readonly level: number;
  readonly temporaryFolder: string;
}

/** Few enough that a segment's objects die young: what survives makes V8's young generation grow. */
const SEGMENT_ENTRIES = 64;
/** A central directory above this (about 12,000 entries) waits in a temporary file. */
const DIRECTORY_MEMORY_BYTES = 1024 * 1024;

/** Writes one archive: segments of archiver, then the central directory of all of them. One call at a time. */
export class ArchiveWriter {
  readonly #options: ArchiveWriterOptions;
  readonly #output: OutputQueue;
  readonly #directory: SpillBuffer;
  readonly #buffers: ReadBuffers = new ReadBuffers();
  #segment: ArchiveSegment;
  #segmentOffset = 0;
  #count = 0;

  constructor(options: ArchiveWriterOptions) {
    this.#options = options;
    this.#output = new OutputQueue((chunk) => this.#write(chunk));
    this.#segment = this.#openSegment();
    this.#directory = new SpillBuffer({
      budget: new MemoryBudget(DIRECTORY_MEMORY_BYTES),
      limitBytes: DIRECTORY_MEMORY_BYTES,
      temporaryFolder: options.temporaryFolder,
    });
  }

  /** Length of the archive so far. */
  get writtenBytes(): number {
    return this.#output.pushedBytes;
  }

  async append(content: StoredContent, options: AppendOptions): Promise<void> {
    if (this.#segment.count === SEGMENT_ENTRIES) await this.#startSegment();
    await this.#segment.append(content, options);
    this.#count += 1;
  }

  /** Writes the directory; resolves when the last byte has been taken. */
  async finish(): Promise<void> {
    await this.#closeSegment();
    const offset = this.#output.pushedBytes;
    const directory = this.#directory.finish();
    try {
      for await (const chunk of directory.chunks(this.#buffers)) {
        this.#output.push(chunk);
        await this.#output.room();
      }
    } finally {
      await directory.release();
    }
    this.#output.push(renderEnd(this.#count, directory.sizeBytes, offset));
    await this.#output.flush();
  }

  /** Gives everything back. Idempotent; nothing else may be called afterwards. */
  async destroy(): Promise<void> {
    this.#segment.destroy();
    await this.#directory.discard();
  }

  async #startSegment(): Promise<void> {
    await this.#closeSegment();
    this.#segmentOffset = this.#output.pushedBytes;
    this.#segment = this.#openSegment();
  }

  #openSegment(): ArchiveSegment {
    return new ArchiveSegment(this.#output, this.#buffers, this.#options.level);
  }

  async #write(chunk: Buffer): Promise<void> {
    await this.#options.write(chunk);
    if (!this.#options.keepsChunks) this.#buffers.giveBack(chunk);
  }

  async #closeSegment(): Promise<void> {
    const { records } = await this.#segment.close();
    await this.#directory.append(Buffer.concat(records.map((record) => renderRecord(record, this.#segmentOffset))));
  }
}
