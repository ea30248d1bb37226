/**
 * Sends rows to the fallback that the primary destination refused, or whose table has failed for longer than a row waits.
 * Where the fallback fails as well, a row stays in the outbox; one that only memory holds goes to standard error, as one
 * structured JSON line a part, after the fallback has failed for as long.
 */
import type { Timer } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { describeError } from '../base/errors.ts';
import { Circuit } from './circuit.ts';
import {
  claimForFallback,
  type FallbackBatch,
  type FallbackLaneOptions,
  MAX_REQUEST_BYTES,
} from './fallback-claims.ts';
import { buildFallbackEntries } from './fallback-entry.ts';
import type { FallbackEntry, FallbackOutcome, FallbackWriter } from './fallback-writer.ts';
import type { HeldRow, RowStore } from './row-store.ts';

export class FallbackLane {
  readonly circuit: Circuit;
  inFlight: number = 0;
  /** Monotonic time since which the process ends: what only memory holds waits for one more attempt, not for longer. */
  hurriedSince: number = Number.POSITIVE_INFINITY;
  readonly #options: FallbackLaneOptions;
  readonly #stop: AbortController = new AbortController();
  /** Refused by the fallback itself: held back for a while, so that others pass. */
  readonly #heldBack: Map<Timer, FallbackBatch> = new Map();
  #timer: Timer | undefined;

  constructor(options: FallbackLaneOptions) {
    this.#options = options;
    this.circuit = new Circuit({ ...options, retry: options.config.retry });
  }

  pump(): void {
    if (this.#stop.signal.aborted || this.inFlight > 0) return;
    if (this.circuit.waitMillis === 0) {
      const batch = claimForFallback(this.#options, this.hurriedSince);
      if (batch !== undefined) {
        this.inFlight += 1;
        void this.#deliver(batch);
        return;
      }
    }
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
    for (const [timer, { store, rows }] of this.#heldBack) {
      timer.cancel();
      store.release(rows);
    }
    this.#heldBack.clear();
    this.#stop.abort();
  }

  async #deliver(batch: FallbackBatch): Promise<void> {
    try {
      await this.#write(batch);
    } catch (error) {
      this.circuit.fail(describeError(error), this.#options.clock.monotonic());
      batch.store.release(batch.rows);
    }
    this.inFlight -= 1;
    this.#options.onChange();
    this.pump();
  }

  async #write({ store, rows, reason }: FallbackBatch): Promise<void> {
    const { writer } = this.#options;
    if (writer === undefined) {
      this.#writeLastResort(store, rows, reason);
      return;
    }
    const parts = rows.flatMap((row) =>
      buildFallbackEntries(row, row.refusal ?? reason, row.refusal !== undefined).map((entry) => ({ row, entry })),
    );
    const startedAt = this.#options.clock.monotonic();
    const unwritten = new Set<HeldRow>();
    let failure: string | undefined;
    for (const chunk of chunkBySize(parts)) {
      const entries = chunk.map(({ entry }) => entry);
      // What stands behind a chunk that failed is not tried.
      const outcome = failure === undefined ? await this.#send(writer, entries) : undefined;
      if (outcome?.status === 'unavailable') failure = outcome.reason;
      for (const [index, { row }] of chunk.entries()) {
        if (outcome?.status !== 'answered' || outcome.failed.has(index)) unwritten.add(row);
      }
    }
    const written = rows.filter((row) => !unwritten.has(row));
    this.#settle(store, written, reason);
    if (failure === undefined) {
      this.circuit.succeed();
      if (unwritten.size > 0) this.#holdBack({ store, rows: [...unwritten], reason });
      return;
    }
    if (!this.#stop.signal.aborted) {
      this.#options.diagnostics.warn('fallback-unavailable', `The fallback cannot be written: ${failure}`);
      this.circuit.fail(failure, startedAt);
    }
    if (!store.durable && (this.circuit.isExhausted || startedAt >= this.hurriedSince))
      this.#writeLastResort(store, [...unwritten], reason);
    else store.release([...unwritten]);
  }

  #holdBack(batch: FallbackBatch): void {
    const { clock, config, diagnostics } = this.#options;
    diagnostics.warn('fallback-refused', 'The fallback refused an entry; its row is tried again later');
    if (!batch.store.durable) {
      this.#writeLastResort(batch.store, batch.rows, batch.reason);
      return;
    }
    const timer = clock.setTimer(() => {
      this.#heldBack.delete(timer);
      batch.store.release(batch.rows);
      this.pump();
    }, config.retry.maxMillis);
    this.#heldBack.set(timer, batch);
  }

  #writeLastResort(store: RowStore, rows: readonly HeldRow[], reason: string): void {
    for (const row of rows) this.#options.lastResort(row, row.refusal ?? reason);
    this.#settle(store, rows, reason);
  }

  #settle(store: RowStore, rows: readonly HeldRow[], reason: string): void {
    if (rows.length === 0) return;
    store.remove(rows);
    for (const row of rows) {
      this.#options.onSettled(row, { status: 'fallback', reason: row.refusal ?? reason });
    }
  }

  async #send(writer: () => Promise<FallbackWriter>, entries: readonly FallbackEntry[]): Promise<FallbackOutcome> {
    const { clock, config, onRequest } = this.#options;
    const startedAt = clock.monotonic();
    const options = { clock, timeoutMillis: config.requestTimeoutMillis, signal: this.#stop.signal };
    const answer = await withDeadline(options, async (signal) => (await writer()).write(entries, signal));
    const outcome: FallbackOutcome =
      answer.status === 'done' ? answer.value : { status: 'unavailable', reason: answer.reason };
    onRequest({
      destination: 'fallback',
      durationMillis: clock.monotonic() - startedAt,
      error: outcome.status === 'answered' ? undefined : outcome.reason,
    });
    return outcome;
  }

  /** Comes back when the fallback may be tried, or when rows may have waited long enough. */
  #schedule(): void {
    const { lanes, config, clock } = this.#options;
    const waits = lanes()
      .map(({ circuit }) => circuit.failingSince)
      .filter((since) => since !== undefined)
      .map((since) => since + config.retry.totalMillis - clock.monotonic());
    if (this.circuit.isOpen) waits.push(this.circuit.waitMillis);
    this.#timer?.cancel();
    this.#timer = undefined;
    if (waits.length === 0) return;
    const delayMillis = Math.max(config.retry.initialMillis, this.circuit.waitMillis, Math.min(...waits));
    this.#timer = clock.setTimer(() => this.pump(), delayMillis);
  }
}

function chunkBySize<T extends { readonly entry: FallbackEntry }>(parts: readonly T[]): T[][] {
  const chunks: T[][] = [];
  let sizeBytes = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    sizeBytes += part.entry.sizeBytes;
    if (sizeBytes > MAX_REQUEST_BYTES) {
      chunks.push([]);
      sizeBytes = part.entry.sizeBytes;
    }
    chunks.at(-1)?.push(part);
  }
  return chunks;
}
