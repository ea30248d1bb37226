import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { type OpenFileOptions, openFile } from './open-file.ts';
import { openHttp } from './open-http.ts';
import { openResponse } from './open-response.ts';
import { closeStream, openStream, openWebStream } from './open-stream.ts';
import type { OpenedSource } from './opened-source.ts';
import { parseRemoteObject, type RemoteStore } from './remote-store.ts';
import { type StoredContent, storeBytes } from './stored-content.ts';
import { EntryFailure } from './zip-error.ts';
import type { ZipContent, ZipSource } from './zip-options.ts';

export interface OpenContentOptions extends OpenFileOptions {
  readonly signal: AbortSignal;
  readonly remoteStore: () => Promise<RemoteStore>;
}

/** What opening gives: content that has yet to be read, or that is whole already. */
export type OpenedContent = OpenedSource | StoredContent;

const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//iu;

/** Opens any kind of source. Rejects with an `EntryFailure`, or with what the source threw. */
export async function openContent(content: ZipContent, options: OpenContentOptions): Promise<OpenedContent> {
  if (typeof content === 'string' || content instanceof URL) return openLocation(content, options);
  if (content instanceof Uint8Array) {
    return storeBytes(Buffer.from(content.buffer, content.byteOffset, content.byteLength), () => undefined);
  }
  if (content instanceof Response) return openResponse(content);
  if (content instanceof ReadableStream) return openWebStream(content);
  if (isReadable(content)) return openStream(content);
  throw new EntryFailure('unsupported-source', `a source of type ${typeof content}`);
}

async function openLocation(location: string | URL, options: OpenContentOptions): Promise<OpenedContent> {
  const scheme = SCHEME.exec(String(location))?.[1]?.toLowerCase();
  if (scheme === undefined) return openFile(location, options);
  if (scheme === 'file') return openFile(fileURLToPath(location), options);
  if (scheme === 'http' || scheme === 'https') return openHttp(new URL(location), {}, options.signal);
  const object = parseRemoteObject(location);
  if (object === undefined) throw new EntryFailure('unsupported-source', describeSource(location));
  const store = await options.remoteStore();
  return store.open(object, options);
}

/** Lets go of content that nobody will read. */
export function discardContent(content: unknown): void {
  if (isReadable(content)) closeStream(content);
  const stream = content instanceof Response ? content.body : content;
  if (stream instanceof ReadableStream && !stream.locked) stream.cancel().catch(() => undefined);
}

/** Names a source for people: without query, credentials, or content. */
export function describeSource(source: ZipSource): string {
  if (source instanceof Uint8Array) return 'buffer';
  if (typeof source === 'function') return 'function';
  if (typeof source !== 'string' && !(source instanceof URL)) return source instanceof Response ? 'response' : 'stream';
  const text = String(source);
  if (!SCHEME.test(text) || text.startsWith('gs:') || !URL.canParse(text)) return text.slice(0, 1_024);
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`.slice(0, 1_024);
}

/** Streams of `readable-stream` are no instances of Node's class, but read alike. */
export function isReadable(value: unknown): value is Readable {
  return (
    value instanceof Readable ||
    (typeof value === 'object' &&
      value !== null &&
      'pipe' in value &&
      'destroy' in value &&
      Symbol.asyncIterator in value)
  );
}
