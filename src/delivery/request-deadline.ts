import { addAbortListener, removeAbortListener } from '../base/abort-listeners.ts';
import type { Clock } from '../base/clock.ts';
import { describeError } from '../base/errors.ts';

export interface DeadlineCall<T> {
  readonly clock: Clock;
  readonly timeoutMillis: number;
  /** Gives the call up from outside, e.g. at shutdown. */
  readonly stop: AbortSignal;
  readonly action: (signal: AbortSignal) => Promise<T>;
  /** The result where the action failed, was stopped, or did not answer in time. */
  readonly otherwise: (reason: string) => T;
}

/** The action's result, or `otherwise` after `timeoutMillis`, even from an action that ignores its signal. Never rejects. */
export function callWithin<T>(call: DeadlineCall<T>): Promise<T> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const settle = (result: T): void => {
      timer.cancel();
      removeAbortListener(call.stop, onStop);
      resolve(result);
    };
    const giveUp = (reason: string): void => {
      settle(call.otherwise(reason));
      controller.abort();
    };
    const onStop = (): void => giveUp('shutdown');
    const timer = call.clock.setTimer(() => giveUp(`no answer within ${call.timeoutMillis} ms`), call.timeoutMillis);
    if (call.stop.aborted) {
      onStop();
      return;
    }
    addAbortListener(call.stop, onStop);
    // The action may throw before its first await.
    Promise.resolve()
      .then(() => call.action(controller.signal))
      .then(settle, (error: unknown) => settle(call.otherwise(describeError(error))));
  });
}
