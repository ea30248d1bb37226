import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { RowSink } from '../delivery/row-sink.ts';

/** What a host asks first when rows or spans are not where it looks for them, on one line. */
export function describeStart(
  { configFile = 'none', values }: ResolvedConfig,
  sink: RowSink | undefined,
  exporters: readonly string[],
): string {
  const rows = sink === undefined ? nameStore(values) : "the host's own sink";
  return [
    `configuration file: ${configFile}`,
    `rows: ${values.enabled ? rows : 'none'}`,
    `spans: ${exporters.length > 0 ? exporters.join(', ') : 'none'}`,
  ].join('; ');
}

/** Where rows come to rest. */
export function nameStore(values: SettingValues): string {
  const { project = "the credentials' project", dataset, table } = values;
  return usesBigQuery(values) ? `BigQuery, ${project}, ${dataset}.${table}` : values.localPath;
}
