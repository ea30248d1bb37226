import type { Diagnostics } from '../base/diagnostics.ts';
import type { Spanledger } from './spanledger.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/**
 * Flushes when the process is about to end, and changes nothing else about how it ends: no `process.exit`, and the
 * host's own handlers stay.
 *
 * - A signal that only we listen to: shut down, then raise it again, so that the process ends by it as it would have.
 * - A signal that the host listens to as well: it decides when to end, and its turns go on; flush what is finished.
 * - `beforeExit`: nothing else is left to do; write what is open too.
 * - `exit`, also after `process.exit()`: what only memory holds goes to disk, synchronously. After a signal, what became of
 *   the rows is said.
 *
 * Source of the 10 seconds that the default deadline fits: https://cloud.google.com/run/docs/container-contract
 */
export function flushAtExit(ledger: Spanledger, diagnostics: Diagnostics): void {
  let isEnding = false;
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      isEnding = true;
      void onSignal(ledger, diagnostics, signal);
    });
  }
  let written = -1;
  process.on('beforeExit', () => {
    const { turns, amendments, heldSpans } = ledger.stats().turns;
    // What is flushed here wakes the event loop, and `beforeExit` comes again: once is enough while nothing is new.
    if (turns + amendments + heldSpans === written) return;
    void keepAliveWhile(ledger.flushAll().then((result) => report(result, diagnostics))).then(() => {
      const after = ledger.stats().turns;
      written = after.turns + after.amendments + after.heldSpans;
    });
  });
  process.once('exit', () => ledger.finishSync(isEnding));
}

async function onSignal(ledger: Spanledger, diagnostics: Diagnostics, signal: NodeJS.Signals): Promise<void> {
  if (process.listenerCount(signal) > 0) {
    report(await ledger.flush(), diagnostics);
    return;
  }
  report(await keepAliveWhile(ledger.shutdown()), diagnostics);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function report({ settled, detail }: Awaited<ReturnType<Spanledger['flush']>>, diagnostics: Diagnostics): void {
  if (!settled) diagnostics.warn('flush-at-exit', `not every row is safe: ${detail}`);
}

/** Holds the event loop for work that has a deadline of its own: its timers alone would not. */
async function keepAliveWhile<Result>(work: Promise<Result>): Promise<Result> {
  const hold = setInterval(() => undefined, 1_000);
  try {
    return await work;
  } finally {
    clearInterval(hold);
  }
}
