/**
 * What became of every row: the numbers of which `received = stored + fallback + pending + dropped` holds at any time.
 * A row is entered once when it is accepted or adopted and once when it is settled; what is pending is counted by the
 * stores, not derived here, so that the equation can be checked.
 */
import type { WriteResult } from './row-sink.ts';

export type SettledResult = Exclude<WriteResult, { readonly status: 'pending' }>;

export class DeliveryBooks {
  received = 0;
  /** Of the received: rows that an earlier process had left in the outbox. */
  adopted = 0;
  stored = 0;
  fallback = 0;
  /** Of the fallback: rows written to standard error, where not even Cloud Logging took them. */
  lastResort = 0;
  /** Of the stored: rows without columns that their table lacks. */
  rowsCut = 0;
  readonly #dropped: Map<string, number> = new Map();

  settle(result: SettledResult, rows = 1): void {
    if (result.status === 'stored') this.stored += rows;
    else if (result.status === 'fallback') this.fallback += rows;
    else this.#dropped.set(result.reason, (this.#dropped.get(result.reason) ?? 0) + rows);
  }

  adopt(rows: number): void {
    this.received += rows;
    this.adopted += rows;
  }

  get dropped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#dropped);
  }
}
