import type { ArchiveSink } from './archive-sink.ts';
import { openFileSink } from './file-sink.ts';
import type { RemoteStore } from './remote-store.ts';
import { openStreamSink, type StreamSinkOptions } from './stream-sink.ts';
import type { ZipDestination } from './zip-destination.ts';

export interface OpenSinkOptions extends StreamSinkOptions {
  readonly id: string;
  readonly remoteStore: () => Promise<RemoteStore>;
}

/** Opens any kind of destination. Rejects with the error of the system, of the stream, or of the store. */
export async function openSink(destination: ZipDestination, options: OpenSinkOptions): Promise<ArchiveSink> {
  if (destination.kind === 'file') return openFileSink(destination.path, options.id);
  if (destination.kind === 'writable') return openStreamSink(destination.writable, options);
  const store = await options.remoteStore();
  const upload = await store.upload(destination.object);
  const sink = openStreamSink(upload.writable, options);
  return {
    ...sink,
    async abort(reason) {
      await sink.abort(reason);
      await upload.cancel(reason);
    },
  };
}
