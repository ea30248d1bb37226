/** A delivery sink between real clients and loopback servers, with numbers small enough for tests. */
import { onTestFinished } from 'vitest';
import { createDiagnostics, type Diagnostics } from '../../src/base/diagnostics.ts';
import { DEFAULT_DELIVERY, type DeliveryConfig, type OutboxConfig } from '../../src/delivery/delivery-config.ts';
import type { DeliveryDependencies } from '../../src/delivery/delivery-contract.ts';
import { DeliverySink } from '../../src/delivery/delivery-sink.ts';
import { createBigQueryTransport } from '../../src/google/bigquery-transport.ts';
import { createCloudLoggingWriter } from '../../src/google/cloud-logging.ts';
import { LEDGER_TABLES } from '../../src/store/tables.ts';
import { DATASET, TABLE } from './delivery-tables.ts';
import { LoopbackBigQuery } from './loopback-bigquery.ts';
import { LoopbackLogging } from './loopback-logging.ts';
import { createTestAuthClient } from './test-credentials.ts';

/** Retries within milliseconds, and on a slow machine gives up no row. */
export const QUICK: DeliveryConfig = {
  ...DEFAULT_DELIVERY,
  lingerMillis: 2,
  requestTimeoutMillis: 60_000,
  retry: { initialMillis: 2, maxMillis: 20, multiplier: 2, totalMillis: 60_000 },
};

/** For rows that are to go to the fallback. */
export const GIVES_UP_SOON: Partial<DeliveryConfig> = { retry: { ...QUICK.retry, totalMillis: 60 } };

export function outboxIn(directory: string, given: Partial<OutboxConfig> = {}): OutboxConfig {
  return { directory, maxBytes: 1_073_741_824, whenFull: 'oldest-to-fallback', durability: 'process', ...given };
}

// The clients would look for Google's metadata server.
process.env.METADATA_SERVER_DETECTION = 'none';

const authClient = createTestAuthClient();

export class DeliveryBench {
  readonly bigQuery: LoopbackBigQuery;
  readonly logging: LoopbackLogging;
  readonly lines: string[] = [];
  readonly said: string[] = [];
  readonly diagnostics: Diagnostics = createDiagnostics({ write: (line) => this.said.push(line) });

  private constructor(bigQuery: LoopbackBigQuery, logging: LoopbackLogging) {
    this.bigQuery = bigQuery;
    this.logging = logging;
  }

  static async start(): Promise<DeliveryBench> {
    const bench = new DeliveryBench(await LoopbackBigQuery.start(), await LoopbackLogging.start());
    for (const { name, columns } of LEDGER_TABLES) {
      bench.bigQuery.addTable(DATASET, name, columns);
    }
    onTestFinished(() => bench.close());
    return bench;
  }

  /** A sink of the real clients. Shut down by the test. */
  sink(config: Partial<DeliveryConfig> = {}, given: Partial<DeliveryDependencies> = {}): DeliverySink {
    return new DeliverySink(
      { ...QUICK, ...config },
      {
        diagnostics: this.diagnostics,
        transport: () =>
          createBigQueryTransport({
            projectId: 'test-project',
            datasetId: DATASET,
            table: TABLE,
            apiEndpoint: this.bigQuery.url,
            clientOptions: { authClient },
          }),
        fallback: () =>
          createCloudLoggingWriter({ projectId: 'test-project', clientOptions: this.logging.clientOptions }),
        writeLine: (line) => this.lines.push(line),
        ...given,
      },
    );
  }

  async close(): Promise<void> {
    this.logging.close();
    await this.bigQuery.close();
  }
}
