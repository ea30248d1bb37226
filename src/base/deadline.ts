import { addAbortListener, removeAbortListener } from './abort-listeners.ts';
import type { Clock } from './clock.ts';
import { describeError } from './errors.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  readonly timeoutMillis: number;
  /** Gives the work up from outside, e.g. at shutdown. */
  readonly signal?: AbortSignal;
}

export type DeadlineResult<T> =
  | { readonly status: 'done'; readonly value: T }
  /** Without its value: the work threw or rejected, took too long, or was given up from outside. */
  | { readonly status: 'failed' | 'timeout' | 'stopped'; readonly reason: string };

/**
 * Runs work for no longer than it may take. Never rejects. The work's signal is aborted when it is given up; what it
 * does afterwards is ignored, so that work that knows no signal is bounded as well. Work whose outer signal is aborted
 * already is not begun. No timer and no listener is left behind.
 */
export function withDeadline<T>(
  { clock, timeoutMillis, signal }: DeadlineOptions,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<DeadlineResult<T>> {
  if (signal?.aborted === true) return Promise.resolve({ status: 'stopped', reason: 'shutdown' });
  return new Promise((resolve) => {
    const controller = new AbortController();
    const settle = (result: DeadlineResult<T>): void => {
      timer.cancel();
      if (signal !== undefined) removeAbortListener(signal, onStop);
      resolve(result);
    };
    const giveUp = (status: 'timeout' | 'stopped', reason: string): void => {
      settle({ status, reason });
      controller.abort();
    };
    const onStop = (): void => giveUp('stopped', 'shutdown');
    const timer = clock.setTimer(() => giveUp('timeout', `no answer within ${timeoutMillis} ms`), timeoutMillis);
    if (signal !== undefined) addAbortListener(signal, onStop);
    new Promise<T>((begun) => begun(work(controller.signal))).then(
      (value) => settle({ status: 'done', value }),
      (error: unknown) => settle({ status: 'failed', reason: describeError(error) }),
    );
  });
}
