import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { DeliveryRequest } from './delivery-metrics.ts';
import type { FallbackWriter } from './fallback-writer.ts';
import type { InsertTransport } from './insert-transport.ts';
import type { SinkStats } from './row-sink.ts';

export interface DeliveryDependencies {
  readonly diagnostics: Diagnostics;
  /** Makes the wire to the primary destination, at the first row. May reject; asked again then. */
  readonly transport: () => Promise<InsertTransport>;
  /** Makes the way to the fallback, when it is first needed; undefined has none. May reject; asked again then. */
  readonly fallback?: () => Promise<FallbackWriter>;
  /** Project of the traces that a line on standard error names. */
  readonly projectId?: string | undefined;
  /** Takes the line of a row that nothing else takes. Default: standard error. */
  readonly writeLine?: (line: string) => void;
  readonly onRequest?: (request: DeliveryRequest) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface DeliveryStats extends SinkStats {
  /** Of the received: rows that an earlier process had left in the outbox. */
  readonly adopted: number;
  /** Of the pending: rows that survive the process. */
  readonly durable: number;
  /** Of the fallback: rows written to standard error. */
  readonly lastResort: number;
  /** Of the stored: rows without columns that their table lacks. */
  readonly rowsCut: number;
  readonly pendingBytes: number;
}
