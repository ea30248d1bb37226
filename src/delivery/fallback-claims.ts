import type { Circuit } from './circuit.ts';
import type { FallbackWriter } from './fallback-writer.ts';
import type { LaneOptions } from './lane-options.ts';
import type { LastResort } from './last-resort.ts';
import type { HeldRow, RowStore } from './row-store.ts';
import type { TableLane } from './table-lane.ts';

const MAX_ROWS = 100;
/** Cloud Logging refuses requests over 10 MB. */
export const MAX_REQUEST_BYTES = 4_000_000;
/** From this share of its bound on, a full outbox sends its oldest rows. */
const FULL_SHARE = 0.9;

export interface FallbackLaneOptions extends LaneOptions {
  readonly lanes: () => readonly TableLane[];
  /** Undefined where no fallback is configured. May reject. */
  readonly writer: (() => Promise<FallbackWriter>) | undefined;
  readonly lastResort: LastResort;
}

/** Rows on their way to the fallback. */
export interface FallbackBatch {
  readonly store: RowStore;
  readonly rows: readonly HeldRow[];
  /** Why rows that were not refused are here. */
  readonly reason: string;
}

/**
 * Claims the next rows that the fallback is to take: refused ones, those whose table has failed for longer than a row
 * waits, the oldest of a full outbox, and at the end of the process those that only memory holds.
 *
 * @param hurriedSince monotonic time since which the process ends
 */
export function claimForFallback(
  { config, clock, stores, lanes, writer }: FallbackLaneOptions,
  hurriedSince: number,
): FallbackBatch | undefined {
  const limits = { maxRows: MAX_ROWS, maxBytes: MAX_REQUEST_BYTES };
  const excessBytes = (store: RowStore): number => store.counts.sizeBytes - (config.outbox?.maxBytes ?? 0) * FULL_SHARE;
  const isUrgent = (store: RowStore, { lastFailedStart }: Circuit): boolean => {
    if (!store.durable) return lastFailedStart >= hurriedSince;
    return config.outbox?.whenFull === 'oldest-to-fallback' && excessBytes(store) > 0;
  };
  for (const store of stores()) {
    // Without a fallback, rows on disk wait for replay.
    if (store.durable && writer === undefined) continue;
    for (const table of store.counts.tables) {
      const rows = store.claim({ table, state: 'refused', ...limits });
      if (rows.length > 0) return { store, rows, reason: '' };
    }
    for (const { table, circuit } of lanes()) {
      if (!circuit.isOpen) continue;
      const urgent = isUrgent(store, circuit);
      if (!urgent && !circuit.isExhausted) continue;
      const rows = store.claim({
        table,
        state: 'due',
        ...limits,
        ...(urgent && store.durable && { maxBytes: Math.min(limits.maxBytes, excessBytes(store)) }),
        ...(!urgent && { acceptedUntil: clock.monotonic() - config.retry.totalMillis }),
      });
      if (rows.length > 0) return { store, rows, reason: circuit.lastReason };
    }
  }
  return undefined;
}
