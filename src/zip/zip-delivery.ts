/**
 * Where an archive goes, and how people reach it there: the sink of its destination and, for `gs://`, the signed URL.
 * The store is loaded at most once an archive, and only where a `gs://` URL is met.
 */
import { pathToFileURL } from 'node:url';
import type { ArchiveSink } from './archive-sink.ts';
import { loadRemoteStore } from './load-remote-store.ts';
import { openSink } from './open-sink.ts';
import type { RemoteStore } from './remote-store.ts';
import type { ZipConfig } from './zip-config.ts';
import type { ZipResult } from './zip-result.ts';

export class ZipDelivery {
  readonly #config: ZipConfig;
  readonly #given: RemoteStore | undefined;
  #store: Promise<RemoteStore> | undefined;
  #sink: ArchiveSink | undefined;

  constructor(config: ZipConfig, remoteStore: RemoteStore | undefined) {
    this.#config = config;
    this.#given = remoteStore;
  }

  openStore(): Promise<RemoteStore> {
    this.#store ??= this.#given === undefined ? loadRemoteStore() : Promise.resolve(this.#given);
    return this.#store;
  }

  /** @param onLost told where the destination goes away by itself */
  async openSink(onLost: (error: Error) => void): Promise<ArchiveSink> {
    const { destination, id, stallTimeoutMillis } = this.#config;
    this.#sink = await openSink(destination, { id, stallTimeoutMillis, remoteStore: () => this.openStore(), onLost });
    return this.#sink;
  }

  /** The signed URL; `undefined` where none was asked for. */
  async sign(): Promise<string | undefined> {
    const { destination, signedUrl } = this.#config;
    if (signedUrl === undefined || destination.kind !== 'remote') return undefined;
    const store = await this.openStore();
    return store.sign(destination.object, signedUrl);
  }

  /** Leaves nothing behind that looks like a finished archive. Never rejects. */
  async abort(reason: Error): Promise<void> {
    await this.#sink?.abort(reason);
  }

  describe(signedUrl: string | undefined): Pick<ZipResult, 'location' | 'url'> {
    const { destination } = this.#config;
    if (destination.kind === 'writable') return { location: undefined, url: undefined };
    if (destination.kind === 'remote') return { location: destination.url, url: signedUrl };
    return { location: destination.path, url: pathToFileURL(destination.path).href };
  }
}
