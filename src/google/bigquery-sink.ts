import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { DEFAULT_DELIVERY } from '../delivery/delivery-config.ts';
import type { DeliverySink } from '../delivery/delivery-contract.ts';
import { recordDeliveryRequest } from '../delivery/delivery-metrics.ts';
import { createDeliverySink } from '../delivery/delivery-sink.ts';

export type BigQuerySinkSettings = Pick<
  SettingValues,
  | 'project'
  | 'dataset'
  | 'table'
  | 'bigqueryEndpoint'
  | 'serverless'
  | 'outboxPath'
  | 'outboxMaxBytes'
  | 'outboxWhenFull'
  | 'outboxDurability'
  | 'fallback'
  | 'fallbackEndpoint'
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
        const { dataset: datasetId, table, bigqueryEndpoint: apiEndpoint } = settings;
        return createBigQueryTransport({ ...projectId, datasetId, table, apiEndpoint });
      },
      ...(settings.fallback && {
        fallback: async () => {
          const { createCloudLoggingWriter } = await import('./cloud-logging.ts');
          return createCloudLoggingWriter({ ...projectId, endpoint: settings.fallbackEndpoint });
        },
      }),
    },
  );
}
