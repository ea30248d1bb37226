/**
 * Google Cloud Storage for `createZip`. Uploads and signatures are the client's. Downloads use its endpoint and its
 * credentials, but not its transport: a body that breaks off neither ends nor fails in the client's
 * `createReadStream` (7.22), an abort does not reach a request that was not answered yet, and its CRC32C in JavaScript
 * takes 10 ms a megabyte, where the MD5 that the service also sends costs a sixth of that.
 */
import type { Storage } from '@google-cloud/storage';
import { importPackage } from '../base/import-package.ts';
import { renderContentDisposition } from './content-disposition.ts';
import { openHttp } from './open-http.ts';
import type { OpenedSource } from './opened-source.ts';
import type { RemoteObject, RemoteStore, RemoteUpload } from './remote-store.ts';
import { verifyMd5 } from './verify-md5.ts';

export interface CloudStorageOptions {
  /**
   * A client of yours. Its retries of uploads depend on its `idempotencyStrategy`. Default: one with the application's
   * default credentials that repeats interrupted parts of an upload.
   */
  readonly storage?: Storage | undefined;
}

/** A part of an upload: held in memory until the service has it. A multiple of 256 KiB, as the service wants it. */
const UPLOAD_CHUNK_BYTES = 8 * 1024 * 1024;
const CANCEL_TIMEOUT_MILLIS = 5_000;

/**
 * The store behind `gs://`. Loads `@google-cloud/storage` when it is first used; rejects with `MissingPackageError`
 * where that is not installed.
 *
 * @example
 * ```ts
 * await createZip({ entries, destination: 'gs://bundles/a.zip', remoteStore: cloudStorage({ storage }) });
 * ```
 */
export function cloudStorage(options: CloudStorageOptions = {}): RemoteStore {
  let client: Promise<Storage> | undefined;
  const load = (): Promise<Storage> => {
    client ??= options.storage === undefined ? createStorage() : Promise.resolve(options.storage);
    return client;
  };
  return {
    open: async (object, { signal }) => openObject(await load(), object, signal),
    upload: async (object) => startUpload(await load(), object),
    async sign({ bucket, name }, { expiresInSeconds, fileName }) {
      const file = (await load()).bucket(bucket).file(name);
      const now = Date.now();
      const [url] = await file.getSignedUrl({
        version: 'v4',
        action: 'read',
        // Both, or else the client reads its own clock in between and seven days become a second less or more.
        accessibleAt: now,
        expires: now + expiresInSeconds * 1_000,
        responseDisposition: renderContentDisposition(fileName),
      });
      return url;
    },
  };
}

async function createStorage(): Promise<Storage> {
  const { IdempotencyStrategy, Storage } = await importPackage(
    '@google-cloud/storage',
    'A gs:// URL',
    () => import('@google-cloud/storage'),
  );
  // A part of a resumable upload can be sent again safely; the client's default repeats none without a precondition.
  return new Storage({ retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways } });
}

async function openObject(
  storage: Storage,
  { bucket, name }: RemoteObject,
  signal: AbortSignal,
): Promise<OpenedSource> {
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}?alt=media`;
  const url = new URL(storage.apiEndpoint + path);
  const opened = await openHttp(url, await authorize(storage, url), signal);
  const { headers } = opened;
  const md5 = /(?:^|,)\s*md5=([^,]+)/u.exec(String(headers['x-goog-hash']))?.[1];
  // The hash is that of the stored bytes: of no use where they were unpacked on the way.
  const isStoredAsSent = opened.sizeBytes !== undefined && headers['x-goog-stored-content-encoding'] !== 'gzip';
  return md5 === undefined || !isStoredAsSent ? opened : { ...opened, body: verifyMd5(opened.body, md5) };
}

/** Credentials go to Google's own hosts only, as in the client: an emulator needs none and must not see them. */
async function authorize(storage: Storage, url: URL): Promise<Record<string, string>> {
  const isGoogle = ['googleapis.com', storage.universeDomain].some((domain) => url.hostname.endsWith(`.${domain}`));
  if (!isGoogle) return {};
  return Object.fromEntries(new Headers(await storage.authClient.getRequestHeaders(url.href)));
}

function startUpload(storage: Storage, { bucket, name }: RemoteObject): RemoteUpload {
  let session: string | undefined;
  const writable = storage
    .bucket(bucket)
    .file(name)
    .createWriteStream({
      resumable: true,
      chunkSize: UPLOAD_CHUNK_BYTES,
      validation: 'md5',
      contentType: 'application/zip',
    })
    .on('uri', (uri: unknown) => {
      session = String(uri);
    });
  return {
    writable,
    async cancel() {
      if (session === undefined) return;
      // The session's URL is a key of its own. Without this the service would wait a week for the rest.
      const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MILLIS);
      await fetch(session, { method: 'DELETE', signal }).then(
        (response) => response.body?.cancel(),
        () => undefined,
      );
    },
  };
}
