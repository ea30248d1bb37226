/** Tables as a query for the store names them. */
export interface StoreTables {
  /** The view that keeps one row a turn. */
  readonly latest: string;
  /** @param name of the table's definition */
  readonly of: (name: string) => string;
}

/** A date or a time in a query, which BigQuery compares with no text. */
export interface TimeParameter {
  readonly type: 'DATE' | 'TIMESTAMP';
  /** `YYYY-MM-DD`, or RFC 3339 in UTC with microseconds, as the local store has it. */
  readonly value: string;
}

/** What a query calls `@name`, by its name. What a user gives is never written into the text. */
export type QueryParameters = Readonly<Record<string, string | number | TimeParameter>>;

/** Runs a query on the store and gives its rows. Rejects where the store cannot be read. */
export type RunQuery = (
  sql: string,
  parameters?: QueryParameters,
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** A store, open to be read. */
export interface StoreReader {
  readonly tables: StoreTables;
  readonly run: RunQuery;
  close(): void;
}

/** The question of an operator, and the SQL that answers it, the same text for BigQuery and SQLite. */
export interface NamedQuery {
  readonly name: string;
  readonly question: string;
  /** @param since first day, `YYYY-MM-DD`, written into the text because both dialects compare a date with a literal */
  readonly render: (tables: StoreTables, since: string, limit: number) => string;
}
