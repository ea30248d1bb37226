import { addAbortListener } from '../base/abort-listeners.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { OutboxDirectory } from './outbox-directory.ts';

/** Opening the outbox of an earlier process waits for the host's own start. */
const FIRST_DELAY_MILLIS = 1_000;

export interface OutboxAdoptionOptions {
  readonly directory: OutboxDirectory;
  readonly clock: Clock;
  /** How often the folder is searched. */
  readonly intervalMillis: number;
  readonly onAdopted: () => void;
  /** Ends the search. */
  readonly stop: AbortSignal;
}

/** Takes over what dead processes left in the outbox, soon after the start and then now and again. */
export function startAdoption({ directory, clock, intervalMillis, onAdopted, stop }: OutboxAdoptionOptions): void {
  let timer: Timer;
  const wait = (delayMillis: number): void => {
    timer = clock.setTimer(() => {
      if (directory.hasFiles()) {
        directory.adopt();
        onAdopted();
      }
      wait(intervalMillis);
    }, delayMillis);
  };
  wait(directory.hasFiles() ? FIRST_DELAY_MILLIS : intervalMillis);
  addAbortListener(stop, () => timer.cancel());
}
