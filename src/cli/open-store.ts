import type { StoreReader, StoreTables } from '../delivery/store-reader.ts';
import { quoteTable } from '../store/bigquery-ddl.ts';
import { bigQueryName } from '../store/bigquery-name.ts';
import { LATEST_VIEW } from '../store/tables.ts';
import type { Target } from './target.ts';

/**
 * Opens the store that a command was pointed at, to read.
 *
 * @param maxBytesBilled most bytes that a query on BigQuery may be billed for; default: what the project allows
 */
export async function openStore(target: Target, maxBytesBilled?: number): Promise<StoreReader> {
  const tables = storeTables(target);
  if (target.kind === 'sqlite') {
    const { LocalStore } = await import('../store/local-store.ts');
    const store = LocalStore.openReadOnly(target.path);
    return { tables, run: async (...query) => store.query(...query), close: () => store.close() };
  }
  const { openBigQueryAdmin } = await import('../google/bigquery-admin.ts');
  const admin = await openBigQueryAdmin({ ...target, maxBytesBilled });
  return { tables, run: admin.query, close: () => {} };
}

/** What a query for the target calls its tables. */
export function storeTables(target: Target): StoreTables {
  if (target.kind === 'sqlite') return { latest: LATEST_VIEW, of: (name) => name };
  const of = (name: string): string => quoteTable(target, bigQueryName(target.table, name));
  return { latest: of(LATEST_VIEW), of };
}
