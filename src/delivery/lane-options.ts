import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { DeliveryBooks, SettledResult } from './delivery-books.ts';
import type { DeliveryConfig } from './delivery-config.ts';
import type { DeliveryRequest } from './delivery-metrics.ts';
import type { PendingRow, RowStore } from './row-store.ts';

/** What all lanes of a sink share. */
export interface LaneOptions {
  readonly config: DeliveryConfig;
  readonly clock: Clock;
  readonly random: (() => number) | undefined;
  readonly diagnostics: Diagnostics;
  readonly books: DeliveryBooks;
  readonly stores: () => readonly RowStore[];
  readonly onSettled: (row: PendingRow, result: SettledResult) => void;
  /** Something changed: rows were settled, refused or released. */
  readonly onChange: () => void;
  readonly onRequest: (request: DeliveryRequest) => void;
}
