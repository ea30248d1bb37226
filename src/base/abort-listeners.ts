/**
 * Listeners of a long-lived signal that come and go by the thousand. `addEventListener` of Node chains them: one that
 * was removed still points to the next, so that after a collection of the old generation each one, with all that it
 * closes over, keeps its successor from dying young (measured on 70,000 downloads: docs/decisions/memory-of-a-zip.md).
 * Here a signal has one listener of Node's, and those that wait stand in an array. They may run in any order.
 */
const waiting = new WeakMap<AbortSignal, (() => void)[]>();

/** Calls the listener once, when the signal is aborted. The signal must not be aborted yet; the listener must not throw. */
export function addAbortListener(signal: AbortSignal, listener: () => void): void {
  const listeners = waiting.get(signal) ?? startWaiting(signal);
  listeners.push(listener);
}

/** Does nothing where the listener was not added. */
export function removeAbortListener(signal: AbortSignal, listener: () => void): void {
  const listeners = waiting.get(signal);
  const index = listeners?.indexOf(listener) ?? -1;
  if (listeners === undefined || index < 0) return;
  const last = listeners.pop();
  if (last !== undefined && last !== listener) listeners[index] = last;
}

function startWaiting(signal: AbortSignal): (() => void)[] {
  const listeners: (() => void)[] = [];
  waiting.set(signal, listeners);
  const onAbort = (): void => {
    for (let next = listeners.shift(); next !== undefined; next = listeners.shift()) next();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return listeners;
}
