/**
 * A Writable that somebody else reads: an HTTP response, an upload, a pipe. It may close at any moment, also while
 * nothing is being written because downloads are awaited; then `onLost` is told, so that the downloads stop.
 */
import { finished, type Writable } from 'node:stream';
import type { ArchiveSink } from './archive-sink.ts';

export interface StreamSinkOptions {
  /** Longest time in which the stream takes nothing. */
  readonly stallTimeoutMillis: number;
  /** Called at most once, where the stream ends before it was told to. */
  readonly onLost: (error: Error) => void;
}

/** Throws where the stream has been ended or destroyed already. */
export function openStreamSink(writable: Writable, { stallTimeoutMillis, onLost }: StreamSinkOptions): ArchiveSink {
  if (writable.destroyed || writable.writableEnded) throw new Error('the stream was ended or closed before');
  // The one step that is awaited: a stream that closes may never drain.
  let step = createStep();
  let isEnding = false;
  let isClosed = false;
  let lost: Error | undefined;
  finished(writable, { readable: false }, (error) => {
    isClosed = true;
    if (!error && isEnding) return step.resolve();
    lost = error ?? new Error('the stream was ended by somebody else');
    step.reject(lost);
    onLost(lost);
  });
  const take = async (act: (resolve: () => void, reject: (error: Error) => void) => void): Promise<void> => {
    if (lost !== undefined) throw lost;
    step = createStep();
    const { promise, resolve, reject } = step;
    const stalled = new Error(`the stream took nothing for ${stallTimeoutMillis} ms`);
    const timer = setTimeout(() => reject(stalled), stallTimeoutMillis);
    try {
      act(resolve, reject);
      await promise;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    keepsChunks: true,
    // By `drain` and not by the callback of `write`, which middleware that wraps a response may never call.
    write: (chunk) =>
      take((resolve) => {
        if (writable.write(chunk)) resolve();
        else writable.once('drain', resolve);
      }),
    finish: (signal) =>
      take((_resolve, reject) => {
        isEnding = true;
        writable.end();
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    async abort(reason) {
      // The reason goes to whoever called; without a listener it would also end the process.
      writable.on('error', () => undefined);
      if (!isClosed) writable.destroy(reason);
    },
  };
}

/** Its rejection is `onLost`'s where nobody waits for it; unhandled it would end the process. */
function createStep(): PromiseWithResolvers<void> {
  const step = Promise.withResolvers<void>();
  step.promise.catch(() => undefined);
  return step;
}
