import { createBigQuerySink } from '../exporters/bigquery-sink.ts';
import type { Clock } from './clock.ts';
import type { SettingValues } from './config/setting-values.ts';
import { usesBigQuery } from './config/uses-bigquery.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { RecordSink } from './sinks/record-sink.ts';
import { LocalSink } from './storage/local-sink.ts';

/** The sink that the settings name: BigQuery behind its outbox and before its fallback, or the local store. */
export function createSink(values: SettingValues, diagnostics: Diagnostics, clock: Clock): RecordSink {
  if (usesBigQuery(values)) return createBigQuerySink(values, diagnostics, clock);
  return new LocalSink({ path: values.localPath, diagnostics, clock });
}
