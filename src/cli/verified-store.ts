import { bigQueryNames } from '../storage/bigquery-names.ts';
import { LATEST_VIEW } from '../storage/tables.ts';
import type { Period } from '../verification/period.ts';
import type { RunQuery } from '../verification/read-figures.ts';
import type { VerifiedTables } from '../verification/verification-queries.ts';
import type { Target } from './target.ts';

/** A store as verification reads it. */
export interface VerifiedStore {
  readonly run: RunQuery;
  readonly tables: VerifiedTables;
  /** Rows that went to the fallback in the period; `undefined` where that cannot be read from here. */
  countFallbackRows(period: Period): Promise<number | undefined>;
  close(): void;
}

export async function openVerifiedStore(target: Target): Promise<VerifiedStore> {
  return target.kind === 'sqlite' ? openSqlite(target.path) : openBigQuery(target);
}

async function openSqlite(path: string): Promise<VerifiedStore> {
  const { LocalStore } = await import('../storage/local-store.ts');
  const store = LocalStore.openReadOnly(path);
  return {
    run: async (sql) => store.query(sql),
    tables: {
      rows: 'conversation_logs',
      latest: LATEST_VIEW,
      legacy: 'conversation_logs_legacy',
      mismatches: 'token_mismatches',
    },
    // The local store has no fallback: what it does not take stays with the host.
    countFallbackRows: async () => 0,
    close: () => store.close(),
  };
}

async function openBigQuery(target: Target & { readonly kind: 'bigquery' }): Promise<VerifiedStore> {
  const { openBigQueryAdmin } = await import('../../exporters/bigquery-admin.ts');
  const admin = await openBigQueryAdmin(target);
  const { tables, latestView } = bigQueryNames(target.table);
  const quote = (table: string): string => `\`${admin.name}.${table}\``;
  return {
    run: (sql) => admin.query(sql, {}),
    tables: {
      rows: quote(tables.conversation_logs),
      latest: quote(latestView),
      legacy: quote(tables.conversation_logs_legacy),
      mismatches: quote(tables.token_mismatches),
    },
    countFallbackRows: async () => undefined,
    close: () => {},
  };
}
