import { addAbortListener, removeAbortListener } from '../base/abort-listeners.ts';
import { EntryFailure } from './zip-error.ts';

/**
 * The time that one try at one entry may take, as a signal: aborted with an `EntryFailure` when the try lasts too long
 * or nothing arrives, and with the archive's own reason when that has failed. Its timers keep the process alive, as the
 * archive does that waits for them.
 */
export class AttemptLimit {
  readonly #controller = new AbortController();
  readonly #archive: AbortSignal;
  readonly #total: NodeJS.Timeout;
  readonly #stall: NodeJS.Timeout;
  readonly #onArchiveAbort = (): void => this.#controller.abort(this.#archive.reason);

  constructor(archive: AbortSignal, timeoutMillis: number, stallTimeoutMillis: number) {
    this.#archive = archive;
    this.#total = setTimeout(() => this.#expire(`not complete after ${timeoutMillis} ms`), timeoutMillis);
    this.#stall = setTimeout(() => this.#expire(`no byte for ${stallTimeoutMillis} ms`), stallTimeoutMillis);
    if (archive.aborted) this.#onArchiveAbort();
    else addAbortListener(archive, this.#onArchiveAbort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived. */
  touch(): void {
    this.#stall.refresh();
  }

  /** Call on every path: stops the timers. */
  clear(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#stall);
    removeAbortListener(this.#archive, this.#onArchiveAbort);
  }

  #expire(detail: string): void {
    this.#controller.abort(new EntryFailure('timeout', detail, { retryable: true }));
  }
}
