import type { Readable, Writable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { RemoteStore } from './remote-store.ts';

/**
 * Where an entry's content comes from. A string is a `gs://`, `http(s)://` or `file://` URL, or else a path.
 * A stream can be read once: it is never tried again, and it is destroyed when the archive fails.
 */
export type ZipContent = string | URL | Uint8Array | Readable | ReadableStream<Uint8Array> | Response;

export interface OpenContext {
  /** Aborted by the time-out and when the archive has failed. */
  readonly signal: AbortSignal;
  /** 1, then 2, 3… */
  readonly attempt: number;
}

/** A function is called once a try, when its turn has come: a few open sources at a time, whatever the number of entries. */
export type ZipSource = ZipContent | ((context: OpenContext) => ZipContent | Promise<ZipContent>);

export interface ZipEntry {
  /**
   * Path inside the archive, with `/` or `\`. `..`, absolute paths, drives and NUL are refused; what Windows cannot
   * hold is replaced; a name that is taken gets a number: `a.pdf`, `a (2).pdf`.
   */
  readonly name: string;
  /** Where its bytes come from. */
  readonly source: ZipSource;
  /** Expected length; anything else is a failure of the entry. Default: what the source itself announces. */
  readonly sizeBytes?: number | undefined;
  /** Default: when `createZip` was called. */
  readonly modified?: Date | undefined;
}

/** How far an archive has come; counts are final, not estimates. */
export interface ZipProgress {
  /** The entry that was just decided. */
  readonly name: string;
  /** Entries that are in the archive. */
  readonly filesIncluded: number;
  /** Entries that could not be had. */
  readonly filesMissing: number;
  /** `undefined` where the entries are a generator. */
  readonly filesTotal: number | undefined;
  /** Length of the archive so far. */
  readonly writtenBytes: number;
}

export interface SignedUrlOptions {
  /** Default: one hour. At most 604,800 (7 days), the limit of Google Cloud Storage's V4 signatures. */
  readonly expiresInSeconds?: number | undefined;
  /** What a browser saves the archive as. Default: the object's own name. */
  readonly fileName?: string | undefined;
}

export interface CreateZipOptions {
  /** An array, or a generator where there are too many to hold at once. */
  readonly entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>;
  /**
   * A path, a `file://` or `gs://` URL, or a Writable such as an HTTP response. Files appear by rename and objects by
   * the last request of a resumable upload, so neither is ever seen half-written. A Writable is ended on success and
   * destroyed on failure.
   */
  readonly destination: string | URL | Writable;
  /** Default: a random UUID. */
  readonly id?: string | undefined;
  /** Downloads at the same time, 1 to 256. Default: 10. */
  readonly concurrency?: number | undefined;
  /** 0 (store) to 9. Default: 1. Content that is compressed already is stored at every level. */
  readonly level?: number | undefined;
  /** `given`: the order of `entries`, whatever arrives first. `arrival`: as they arrive. Default: `given`. */
  readonly order?: 'given' | 'arrival' | undefined;
  /** `skip`: leave it out and say so in the result. `fail`: reject. Default: `skip`. */
  readonly onMissing?: 'skip' | 'fail' | undefined;
  /** Longest time for one try at one entry. Default: 300,000. */
  readonly timeoutMillis?: number | undefined;
  /** Longest time in which no byte comes from a source, or none is taken by the destination. Default: 30,000. */
  readonly stallTimeoutMillis?: number | undefined;
  /** Further tries after the first, where the failure may pass. Default: 2. */
  readonly retries?: number | undefined;
  /** Default: no limit. */
  readonly maxEntryBytes?: number | undefined;
  /** Limit for the contents of all entries together. Default: no limit. */
  readonly maxTotalBytes?: number | undefined;
  /** For contents that are too large to hold in memory. Default: the system's temporary folder. */
  readonly temporaryFolder?: string | undefined;
  /** Asks for a signed URL; the destination must be `gs://`. Default: none. */
  readonly signedUrl?: SignedUrlOptions | undefined;
  /** How `gs://` is reached. Default: `@google-cloud/storage` with the application's default credentials. */
  readonly remoteStore?: RemoteStore | undefined;
  /** Stops the work: `createZip` rejects with the reason `aborted`, and nothing stays behind. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each entry. What it throws does not break the archive. */
  readonly onProgress?: ((progress: ZipProgress) => void) | undefined;
}
