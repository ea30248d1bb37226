import { describeError } from '../base/errors.ts';
import { abortable } from './abortable.ts';
import type { OpenedSource } from './opened-source.ts';
import { SpillBuffer, type SpillBufferOptions } from './spill-buffer.ts';
import type { StoredContent } from './stored-content.ts';
import { EntryFailure } from './zip-error.ts';

export interface CollectOptions extends Omit<SpillBufferOptions, 'expectedBytes'> {
  /** What the host says the length is. */
  readonly expectedBytes: number | undefined;
  readonly maxEntryBytes: number;
  readonly signal: AbortSignal;
  /** Called for each chunk: the source is alive. */
  readonly onChunk: () => void;
}

/**
 * Reads a source to its end and checks that all of it came. Rejects with an `EntryFailure`, with the signal's reason,
 * or with what the source threw; the source is closed and nothing is kept then.
 */
export async function collectContent(opened: OpenedSource, options: CollectOptions): Promise<StoredContent> {
  const { signal, maxEntryBytes, onChunk } = options;
  const announced = opened.sizeBytes ?? options.expectedBytes;
  const buffer = new SpillBuffer({ ...options, expectedBytes: announced });
  try {
    if (announced !== undefined && announced > maxEntryBytes) throw tooLarge(announced);
    const iterator = opened.body[Symbol.asyncIterator]();
    for (let next = await abortable(iterator.next(), signal); !next.done; ) {
      const chunk = toBytes(next.value);
      if (buffer.sizeBytes + chunk.length > maxEntryBytes) throw tooLarge(buffer.sizeBytes + chunk.length);
      // Without this check a source that lies about its length could go on for ever.
      if (announced !== undefined && buffer.sizeBytes + chunk.length > announced) {
        throw new EntryFailure('length-mismatch', `more than the ${announced} bytes that were announced`);
      }
      await store(buffer, chunk);
      onChunk();
      next = await abortable(iterator.next(), signal);
    }
    checkLength(buffer.sizeBytes, opened.sizeBytes, options.expectedBytes);
    return buffer.finish();
  } catch (error) {
    await buffer.discard();
    throw error;
  } finally {
    opened.close();
  }
}

function checkLength(actual: number, announced: number | undefined, expected: number | undefined): void {
  const wanted = [announced, expected].find((length) => length !== undefined && length !== actual);
  if (wanted !== undefined) {
    throw new EntryFailure('length-mismatch', `${actual} of ${wanted} bytes`, { retryable: true });
  }
}

async function store(buffer: SpillBuffer, chunk: Uint8Array): Promise<void> {
  try {
    await buffer.append(chunk);
  } catch (error) {
    throw new EntryFailure('temporary-file-failed', describeError(error), { cause: error });
  }
}

function tooLarge(sizeBytes: number): EntryFailure {
  return new EntryFailure('entry-too-large', `${sizeBytes} bytes or more`);
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw new EntryFailure('source-failed', `a chunk of type ${typeof chunk}; bytes or text were expected`);
}
