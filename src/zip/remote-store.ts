import type { Writable } from 'node:stream';
import type { OpenedSource } from './opened-source.ts';

/** An object in a bucket. */
export interface RemoteObject {
  readonly bucket: string;
  readonly name: string;
}

export interface RemoteUpload {
  /** Its `finish` event means that the object exists, whole. */
  readonly writable: Writable;
  /** Gives the upload up, so that no object appears. MUST NOT reject. */
  cancel(reason: Error): Promise<void>;
}

/** What `createZip` needs of an object store. Implemented in `exporters/`, which alone may import a cloud library. */
export interface RemoteStore {
  /** Rejects with an `EntryFailure` that says whether another try may go better. */
  open(object: RemoteObject, options: { signal: AbortSignal }): Promise<OpenedSource>;
  upload(object: RemoteObject): Promise<RemoteUpload>;
  /** A URL that lets anybody read the object for a while. */
  sign(object: RemoteObject, options: { expiresInSeconds: number; fileName: string }): Promise<string>;
}

/** Splits `gs://bucket/name`; `undefined` for anything else. In text the name stands as it is, in a `URL` it is encoded. */
export function parseRemoteObject(url: string | URL): RemoteObject | undefined {
  const match = /^gs:\/\/([^/]+)\/(.+)$/su.exec(url instanceof URL ? decodeURIComponent(url.href) : url);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { bucket: match[1], name: match[2] };
}
