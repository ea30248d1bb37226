import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { DEFAULT_DELIVERY, type OutboxConfig } from '../delivery/delivery-config.ts';
import { recordDeliveryRequest } from '../delivery/delivery-metrics.ts';
import { DeliverySink } from '../delivery/delivery-sink.ts';

/** The sink that delivers to BigQuery, behind an outbox on disk and before the fallback to Cloud Logging. */
export function createBigQuerySink(settings: SettingValues, diagnostics: Diagnostics, clock: Clock): DeliverySink {
  const { project: projectId, dataset: datasetId, table } = settings;
  return new DeliverySink(
    {
      ...DEFAULT_DELIVERY,
      serverless: settings.serverless,
      outbox: outboxConfig(settings),
    },
    {
      projectId,
      diagnostics,
      clock,
      onRequest: recordDeliveryRequest,
      transport: async () => {
        const { createBigQueryTransport } = await import('./bigquery-transport.ts');
        return createBigQueryTransport({ projectId, datasetId, table, apiEndpoint: settings.bigqueryEndpoint });
      },
      ...(settings.fallback && {
        fallback: async () => {
          const { createCloudLoggingWriter } = await import('./cloud-logging.ts');
          return createCloudLoggingWriter({ projectId, endpoint: settings.fallbackEndpoint });
        },
      }),
    },
  );
}

export function outboxConfig(settings: SettingValues): OutboxConfig {
  return {
    directory: settings.outboxPath,
    maxBytes: settings.outboxMaxBytes,
    whenFull: settings.outboxWhenFull,
    durability: settings.outboxDurability,
  };
}
