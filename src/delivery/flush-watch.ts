/**
 * Flushes of the delivery sink: each waits until nothing is pending, or until what is pending is safe on disk and its
 * destination has failed an attempt that began after the flush did. Looks again at each change; owns no row.
 */
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { DeliveryStats } from './delivery-contract.ts';
import type { FallbackLane } from './fallback-lane.ts';
import type { FlushResult } from './row-sink.ts';
import type { TableLane } from './table-lane.ts';

export interface FlushWatchOptions {
  readonly clock: Clock;
  readonly stats: () => DeliveryStats;
  readonly lanes: () => readonly TableLane[];
  readonly fallback: FallbackLane;
  /** Ends every flush. */
  readonly stop: AbortSignal;
}

export class FlushWatch {
  /** Monotonic time at which the last flush began. */
  startedAt: number = Number.NEGATIVE_INFINITY;
  readonly #options: FlushWatchOptions;
  /** One for each flush under way. */
  readonly #checks: Set<() => void> = new Set();

  constructor(options: FlushWatchOptions) {
    this.#options = options;
  }

  get isUnderWay(): boolean {
    return this.#checks.size > 0;
  }

  /** Something changed. */
  check(): void {
    for (const check of this.#checks) check();
  }

  /** @param begin sets the delivery going, and ends with a `check` */
  async wait(timeoutMillis: number, begin: () => void): Promise<FlushResult> {
    const { clock, stats, stop } = this.#options;
    const startedAt = clock.monotonic();
    this.startedAt = startedAt;
    const ended = Promise.withResolvers<FlushResult>();
    const check = (): void => {
      const now = stats();
      const detail = this.#findEnd(startedAt, now);
      if (detail !== undefined) ended.resolve(describeFlush(detail, now));
    };
    this.#checks.add(check);
    begin();
    const result = await withDeadline({ clock, timeoutMillis, signal: stop }, () => ended.promise);
    this.#checks.delete(check);
    if (result.status === 'done') return result.value;
    const detail = result.status === 'timeout' ? `deadline of ${timeoutMillis} ms passed` : result.reason;
    return describeFlush(detail, stats());
  }

  /** Why a flush that began at `startedAt` need not go on; undefined while it should. */
  #findEnd(startedAt: number, { pending, durable }: DeliveryStats): string | undefined {
    if (pending === 0) return 'every row is stored or in the fallback';
    if (durable < pending) return undefined;
    const { fallback } = this.#options;
    const lanes = this.#options.lanes();
    const waiting = lanes.filter((lane) => lane.dueCount > 0);
    const hasTried = waiting.every(({ circuit }) => circuit.isOpen && circuit.lastFailedStart >= startedAt);
    if (!hasTried || [...lanes, fallback].some((lane) => lane.inFlight > 0)) return undefined;
    const reason = waiting[0]?.circuit.lastReason ?? fallback.circuit.lastReason;
    return `BigQuery or the fallback does not take the rest now: ${reason}`;
  }
}

export function describeFlush(detail: string, { pending, durable }: DeliveryStats): FlushResult {
  const places = pending === 0 ? '' : `; ${durable} rows durable on disk, ${pending - durable} in memory`;
  return { settled: durable === pending, pending, detail: `${detail}${places}` };
}
