import { isTransientStatus, parseRetryAfter, reasonOfStatus } from './http-status.ts';
import { openWebStream } from './open-stream.ts';
import type { OpenedSource } from './opened-source.ts';
import { EntryFailure } from './zip-error.ts';

/** Requests a document, following redirects. Rejects with an `EntryFailure`, or with what `fetch` says of the network. */
export async function openHttp(url: URL, headers: Headers, signal: AbortSignal): Promise<HttpSource> {
  if (url.username !== '' || url.password !== '') {
    throw new EntryFailure('unsupported-source', 'credentials in the URL; use a function that sends a header');
  }
  // Unencoded, so that the announced length is the length of the document.
  headers.set('accept-encoding', 'identity');
  return openResponse(await fetch(url, { signal, headers }));
}

export interface HttpSource extends OpenedSource {
  readonly headers: Headers;
}

/** @returns the body of a successful response; throws an `EntryFailure` for any other */
export function openResponse(response: Response): HttpSource {
  const { status, headers, body } = response;
  if (response.bodyUsed) throw new EntryFailure('source-failed', 'the response was read before');
  const opened = body === null ? { body: emptyBody(), close: () => undefined } : openWebStream(body);
  if (status !== 200 && status !== 203) {
    opened.close();
    throw new EntryFailure(reasonOfStatus(status), `HTTP ${status}`, {
      retryable: isTransientStatus(status),
      retryAfterMillis: parseRetryAfter(headers.get('retry-after')),
    });
  }
  const announced = headers.get('content-length');
  // With an encoding the announced length is not the document's. `fetch` still notices a transfer that breaks off.
  const sizeBytes = announced === null || headers.has('content-encoding') ? undefined : Number(announced);
  return { ...opened, headers, sizeBytes };
}

async function* emptyBody(): AsyncGenerator<never, void, undefined> {}
