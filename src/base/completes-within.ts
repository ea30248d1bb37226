import type { Clock, Timer } from './clock.ts';

/** Waits for work that must not reject, but no longer than `timeoutMillis`. @returns whether it was done by then */
export async function completesWithin(work: Promise<unknown>, timeoutMillis: number, clock: Clock): Promise<boolean> {
  let timer: Timer | undefined;
  const timedOut = new Promise<false>((resolve) => {
    timer = clock.setTimer(() => resolve(false), timeoutMillis);
  });
  const isDone = await Promise.race([work.then(() => true), timedOut]);
  timer?.cancel();
  return isDone;
}
