import type { Clock } from '../src/clock.ts';
import type { SettingValues } from '../src/config/setting-values.ts';
import type { Diagnostics } from '../src/diagnostics.ts';
import { recordDeliveryRequest } from '../src/metrics/record-delivery-metrics.ts';
import { DEFAULT_DELIVERY } from '../src/sinks/delivery-config.ts';
import type { DeliverySink } from '../src/sinks/delivery-contract.ts';
import { createDeliverySink } from '../src/sinks/delivery-sink.ts';
import { bigQueryNames } from '../src/storage/bigquery-names.ts';

export type BigQuerySinkSettings = Pick<
  SettingValues,
  | 'project'
  | 'dataset'
  | 'table'
  | 'serverless'
  | 'outboxPath'
  | 'outboxMaxBytes'
  | 'outboxWhenFull'
  | 'outboxDurability'
  | 'fallback'
>;

/** The sink that delivers to BigQuery, behind an outbox on disk and before the fallback to Cloud Logging. */
export function createBigQuerySink(
  settings: BigQuerySinkSettings,
  diagnostics: Diagnostics,
  clock: Clock,
): DeliverySink {
  const projectId = settings.project === undefined ? {} : { projectId: settings.project };
  return createDeliverySink(
    {
      ...DEFAULT_DELIVERY,
      serverless: settings.serverless,
      outbox: {
        directory: settings.outboxPath,
        maxBytes: settings.outboxMaxBytes,
        whenFull: settings.outboxWhenFull,
        durability: settings.outboxDurability,
      },
    },
    {
      ...projectId,
      diagnostics,
      clock,
      onRequest: recordDeliveryRequest,
      transport: async () => {
        const { createBigQueryTransport } = await import('./bigquery-transport.ts');
        return createBigQueryTransport({
          ...projectId,
          datasetId: settings.dataset,
          tables: bigQueryNames(settings.table).tables,
        });
      },
      ...(settings.fallback && {
        fallback: async () => {
          const { createCloudLoggingWriter } = await import('./cloud-logging.ts');
          return createCloudLoggingWriter(projectId);
        },
      }),
    },
  );
}
