/** Backoff of one destination: `initialMillis` × `multiplier`ⁿ up to `maxMillis`, each delay drawn from 0 to that (full jitter). */
export interface RetryConfig {
  readonly initialMillis: number;
  readonly maxMillis: number;
  readonly multiplier: number;
  /** How long a row waits for a failing destination before it goes to the next one. */
  readonly totalMillis: number;
}

export interface OutboxConfig {
  /** Folder of the outbox files; made where it is missing. */
  readonly directory: string;
  /** Bound of this process's file: payloads and an allowance of 512 bytes a row. */
  readonly maxBytes: number;
  /** At the bound: `oldest-to-fallback` sends the oldest rows there from 90 % on; `refuse-new` drops new rows, counted. */
  readonly whenFull: 'oldest-to-fallback' | 'refuse-new';
  /**
   * `process` survives the end of the process, `kill -9` included; `power` also survives the loss of the machine's
   * power, for one `fsync` a commit on the event loop.
   */
  readonly durability: 'process' | 'power';
}

export interface DeliveryConfig {
  /** Undefined keeps rows in memory only. */
  readonly outbox: OutboxConfig | undefined;
  /** Bound of what is held in memory where the outbox cannot be used. */
  readonly maxMemoryBytes: number;
  /** Rows in one request. BigQuery takes 50,000 and advises 500. */
  readonly maxBatchRows: number;
  /** Payload bytes in one request. BigQuery refuses requests over 10 MB. */
  readonly maxBatchBytes: number;
  /** How long an incomplete batch waits for more rows. */
  readonly lingerMillis: number;
  /** Requests under way at once for one table. */
  readonly concurrency: number;
  /** Payload bytes under way from which on no further request of the table starts: a request takes some three times its payload in memory. */
  readonly maxParallelBytes: number;
  /** How fast a backlog of one table is delivered, so that the host keeps its event loop. A flush does not wait for it. */
  readonly maxRowsPerSecond: number;
  /** After which a request without an answer is given up, and its rows are due again. */
  readonly requestTimeoutMillis: number;
  readonly retry: RetryConfig;
  /** Delivers at the end of each turn, before the instance's CPU is taken away. */
  readonly serverless: boolean;
  /** How long a write waits for delivery where `serverless`. */
  readonly serverlessTimeoutMillis: number;
  /** How often the outbox folder is searched for files whose process has died. */
  readonly adoptionIntervalMillis: number;
  /** How long a column that the table lacks is left out before it is tried again. */
  readonly unknownColumnMillis: number;
}

const MIB = 1_048_576;

export const DEFAULT_DELIVERY: DeliveryConfig = {
  outbox: undefined,
  maxMemoryBytes: 64 * MIB,
  maxBatchRows: 500,
  maxBatchBytes: 8 * MIB,
  lingerMillis: 1_000,
  concurrency: 4,
  maxParallelBytes: MIB,
  maxRowsPerSecond: 5_000,
  requestTimeoutMillis: 30_000,
  retry: { initialMillis: 1_000, maxMillis: 60_000, multiplier: 2, totalMillis: 300_000 },
  serverless: false,
  serverlessTimeoutMillis: 5_000,
  adoptionIntervalMillis: 60_000,
  unknownColumnMillis: 600_000,
};
