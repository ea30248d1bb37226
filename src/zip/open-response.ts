import { isTransientStatus, parseRetryAfter, reasonOfStatus } from './http-status.ts';
import { openWebStream } from './open-stream.ts';
import type { OpenedSource } from './opened-source.ts';
import { EntryFailure } from './zip-error.ts';

/** The body of a response that the host fetched; throws an `EntryFailure` for one that is not a success. */
export function openResponse(response: Response): OpenedSource {
  const { status, headers, body } = response;
  if (response.bodyUsed) throw new EntryFailure('source-failed', 'the response was read before');
  const opened = body === null ? { body: emptyBody(), close: () => undefined } : openWebStream(body);
  if (!response.ok) {
    opened.close();
    throw new EntryFailure(reasonOfStatus(status), `HTTP ${status}`, {
      retryable: isTransientStatus(status),
      retryAfterMillis: parseRetryAfter(headers.get('retry-after') ?? undefined),
    });
  }
  const announced = headers.get('content-length');
  // With an encoding the announced length is not the document's. `fetch` still notices a transfer that breaks off.
  const sizeBytes = announced === null || headers.has('content-encoding') ? undefined : Number(announced);
  return { ...opened, sizeBytes };
}

async function* emptyBody(): AsyncGenerator<never, void, undefined> {}
