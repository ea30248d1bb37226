import type { Clock } from './clock.ts';
import type { SettingValues } from './config/setting-values.ts';
import { usesBigQuery } from './config/uses-bigquery.ts';
import type { Diagnostics } from './diagnostics.ts';
import { DEFAULT_DELIVERY } from './sinks/delivery-config.ts';
import { createDeliverySink } from './sinks/delivery-sink.ts';
import type { RecordSink } from './sinks/record-sink.ts';
import { bigQueryNames } from './storage/bigquery-names.ts';
import { LocalSink } from './storage/local-sink.ts';

/** The sink that the settings name: BigQuery behind its outbox and before its fallback, or the local store. */
export function createSink(values: SettingValues, diagnostics: Diagnostics, clock: Clock): RecordSink {
  if (!usesBigQuery(values)) return new LocalSink({ path: values.localPath, diagnostics, clock });
  const projectId = values.project === undefined ? {} : { projectId: values.project };
  return createDeliverySink(
    {
      ...DEFAULT_DELIVERY,
      serverless: values.serverless,
      outbox: {
        directory: values.outboxPath,
        maxBytes: values.outboxMaxBytes,
        whenFull: values.outboxWhenFull,
        durability: values.outboxDurability,
      },
    },
    {
      ...projectId,
      diagnostics,
      clock,
      transport: async () => {
        const { createBigQueryTransport } = await import('../exporters/bigquery-transport.ts');
        const { dataset: datasetId, table } = values;
        const { tables } = bigQueryNames(table);
        return createBigQueryTransport({ ...projectId, datasetId, tables });
      },
      ...(values.fallback && {
        fallback: async () => {
          const { createCloudLoggingWriter } = await import('../exporters/cloud-logging.ts');
          return createCloudLoggingWriter(projectId);
        },
      }),
    },
  );
}
