import type { Clock, Timer } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { Backend } from './backend.ts';

// The live switch between the mappings. The exporter asks `current()` once for each finished turn; in between, the
// source (the YAML file, a feature-flag provider) is read again and again. Reading a small file four times a second
// costs less than it takes to explain the file-system events that editors, volumes and network mounts do not send.
// Invariant: `current()` is always a value that was read whole: twice in a row, because a writer may be half way.

/** Reads the switch afresh. May throw or reject; that counts as an `Error`. */
export type ReadBackend = () => Backend | Error | Promise<Backend | Error>;

export interface BackendFlagOptions {
  /** Value in force from the start. */
  readonly initial: Backend;
  readonly read: ReadBackend;
  /** Name of the source in messages, e.g. the file's path. */
  readonly source: string;
  /** Time between two readings; a change takes effect after two of them. Default 250 ms. */
  readonly intervalMillis?: number;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

export interface BackendFlag {
  /** The last good value. */
  current(): Backend;
  /** Stops reading; `current()` stays as it is. */
  close(): void;
}

const DEFAULT_INTERVAL_MILLIS = 250;

/**
 * Watches the switch without ever failing: what cannot be read keeps the last good value and is said once.
 *
 * @example
 * const flag = createBackendFlag({ initial: 'solid', read: () => readBackendFile(path), source: path, clock, diagnostics });
 * flag.current(); // 'solid', until the file says otherwise
 */
export function createBackendFlag(options: BackendFlagOptions): BackendFlag {
  const { read, source, clock, diagnostics, intervalMillis = DEFAULT_INTERVAL_MILLIS } = options;
  let current = options.initial;
  let previous: Backend | Error = current;
  let closed = false;
  let timer: Timer | undefined;

  const readOnce = async (): Promise<void> => {
    const found = await readSafely(read);
    if (closed) return;
    if (found instanceof Error) {
      if (!(previous instanceof Error)) {
        diagnostics.warn('backend_unreadable', `${source}: ${found.message}; the backend stays ${current}`);
      }
    } else if (found !== current && found === previous) {
      diagnostics.info(`[ANALYTICS] Backend: ${found} (was ${current})`);
      current = found;
    }
    previous = found;
    schedule();
  };
  const schedule = (): void => {
    timer = clock.setTimer(() => void readOnce(), intervalMillis);
  };
  schedule();

  return {
    current: () => current,
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}

async function readSafely(read: ReadBackend): Promise<Backend | Error> {
  try {
    return await read();
  } catch (error) {
    return error instanceof Error ? error : new Error(describeError(error));
  }
}

/** A switch that nobody turns. */
export function fixedBackend(backend: Backend): BackendFlag {
  return { current: () => backend, close: () => undefined };
}
