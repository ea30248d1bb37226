import type { StoreReader, StoreTables } from '../delivery/store-reader.ts';
import { quoteTable } from '../store/bigquery-ddl.ts';
import { bigQueryNames } from '../store/bigquery-names.ts';
import { LATEST_VIEW } from '../store/tables.ts';
import type { Target } from './target.ts';

/** Opens the store that a command was pointed at, to read. */
export async function openStore(target: Target): Promise<StoreReader> {
  const tables = storeTables(target);
  if (target.kind === 'sqlite') {
    const { LocalStore } = await import('../store/local-store.ts');
    const store = LocalStore.openReadOnly(target.path);
    return { tables, run: async (sql) => store.query(sql), close: () => store.close() };
  }
  const { openBigQueryAdmin } = await import('../google/bigquery-admin.ts');
  const admin = await openBigQueryAdmin(target);
  return { tables, run: (sql) => admin.query(sql), close: () => {} };
}

/** What a query for the target calls its tables. */
export function storeTables(target: Target): StoreTables {
  if (target.kind === 'sqlite') {
    return {
      rows: 'conversation_logs',
      latest: LATEST_VIEW,
      legacy: 'conversation_logs_legacy',
      mismatches: 'token_mismatches',
    };
  }
  const { tables, latestView } = bigQueryNames(target.table);
  const quote = (table: string): string => quoteTable(target, table);
  return {
    rows: quote(tables.conversation_logs),
    latest: quote(latestView),
    legacy: quote(tables.conversation_logs_legacy),
    mismatches: quote(tables.token_mismatches),
  };
}
