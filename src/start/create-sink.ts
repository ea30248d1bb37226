import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import { createBigQuerySink } from '../google/bigquery-sink.ts';
import { LocalSink } from '../store/local-sink.ts';

/** The sink that the settings name: BigQuery behind its outbox and before its fallback, or the local store. */
export function createSink(values: SettingValues, diagnostics: Diagnostics, clock: Clock): RowSink {
  if (usesBigQuery(values)) return createBigQuerySink(values, diagnostics, clock);
  return new LocalSink({ path: values.localPath, diagnostics, clock });
}
