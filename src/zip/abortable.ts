import { addAbortListener, removeAbortListener } from '../base/abort-listeners.ts';

/**
 * Waits for `work`, but not longer than `signal` allows: rejects with the signal's reason when it is aborted.
 * `Promise.race` would keep one reaction a call on the signal's promise, which adds up over a million chunks.
 * @param discard takes what `work` brings too late; a late rejection is swallowed
 */
export function abortable<T>(work: PromiseLike<T>, signal: AbortSignal, discard?: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
      work.then(discard, () => undefined);
    };
    if (signal.aborted) return onAbort();
    addAbortListener(signal, onAbort);
    const settle = (act: () => void): void => {
      removeAbortListener(signal, onAbort);
      act();
    };
    return void work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
