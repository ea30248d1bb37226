import type { SettingValues } from './setting-values.ts';

/** Whether rows go to BigQuery; else to the local store. */
export function usesBigQuery({ store, project }: SettingValues): boolean {
  return store === 'bigquery' || (store === 'auto' && project !== undefined);
}
