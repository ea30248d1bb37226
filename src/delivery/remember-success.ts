import type { Clock } from '../base/clock.ts';

/**
 * Calls the factory until it succeeds once, then gives the same product. One that has not answered within `timeoutMillis`, as
 * a metadata server may not, is asked again.
 */
export function rememberSuccess<T>(make: () => Promise<T>, clock: Clock, timeoutMillis: number): () => Promise<T> {
  let product: Promise<T> | undefined;
  let askAgainAt = 0;
  return () => {
    const now = clock.monotonic();
    if (product !== undefined && now < askAgainAt) return product;
    askAgainAt = now + timeoutMillis;
    const attempt = Promise.resolve().then(make);
    product = attempt;
    attempt.then(
      () => {
        askAgainAt = Number.POSITIVE_INFINITY;
        product = attempt;
      },
      () => {
        if (product === attempt) product = undefined;
      },
    );
    return attempt;
  };
}
