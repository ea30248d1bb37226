import { createHash } from 'node:crypto';
import { EntryFailure } from './zip-error.ts';

/** Passes bytes on and, at their end, throws a retryable `EntryFailure` where they are not the ones that were stored. */
export async function* verifyMd5(
  body: AsyncIterable<unknown>,
  expectedBase64: string,
): AsyncGenerator<unknown, void, undefined> {
  const hash = createHash('md5');
  for await (const chunk of body) {
    if (chunk instanceof Uint8Array) hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('base64') !== expectedBase64) {
    throw new EntryFailure('checksum-mismatch', 'the content differs from what is stored', { retryable: true });
  }
}
