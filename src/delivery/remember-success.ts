import type { Clock } from '../base/clock.ts';

/**
 * Calls the factory until it succeeds once, then gives the same product. One that has not answered within `timeoutMillis`, as
 * a metadata server may not, is asked again.
 */
export function rememberSuccess<T>(make: () => Promise<T>, clock: Clock, timeoutMillis: number): () => Promise<T> {
  let product: Promise<T> | undefined;
  let startedAt = 0;
  let isSettled = false;
  return () => {
    const now = clock.monotonic();
    if (product !== undefined && (isSettled || now - startedAt < timeoutMillis)) return product;
    startedAt = now;
    const attempt = Promise.resolve()
      .then(make)
      .then(
        (made) => {
          isSettled = true;
          product = attempt;
          return made;
        },
        (error: unknown) => {
          if (product === attempt) product = undefined;
          throw error;
        },
      );
    product = attempt;
    return attempt;
  };
}
