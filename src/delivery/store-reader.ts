/** Names of the tables as the store's dialect quotes them. */
export interface StoreTables {
  readonly rows: string;
  readonly latest: string;
  readonly legacy: string;
  readonly mismatches: string;
}

/** Runs a query on the store and gives its rows. Rejects where the store cannot be read. */
export type RunQuery = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** A store, open to be read. */
export interface StoreReader {
  readonly tables: StoreTables;
  readonly run: RunQuery;
  close(): void;
}
