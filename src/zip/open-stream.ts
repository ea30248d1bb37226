import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { OpenedSource } from './opened-source.ts';
import { EntryFailure } from './zip-error.ts';

/** Takes over the host's stream. Throws an `EntryFailure` where its beginning is gone already. */
export function openStream(stream: Readable): OpenedSource {
  if (stream.errored !== null)
    throw new EntryFailure('source-failed', stream.errored.message, { cause: stream.errored });
  // An ended stream reads as empty: without this check a used one would make an empty document.
  if (stream.readableDidRead || stream.readableEnded || stream.destroyed) {
    throw new EntryFailure('source-failed', 'the stream was read or closed before');
  }
  return { body: stream, close: () => closeStream(stream) };
}

/** Destroys a stream that nobody listens to; what it says about that is of no interest. */
export function closeStream(stream: Readable): void {
  stream.on('error', () => undefined).destroy();
}

/** The same for a web stream. */
export function openWebStream(stream: ReadableStream): OpenedSource {
  if (stream.locked) throw new EntryFailure('source-failed', 'the stream is in use already');
  const reader = stream.getReader();
  const cancel = (): void => {
    reader.cancel().catch(() => undefined);
  };
  async function* read(): AsyncGenerator<unknown, void, undefined> {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  }
  return { body: read(), close: cancel };
}
