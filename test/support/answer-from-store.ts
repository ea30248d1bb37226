import type { QueryParameters } from '../../src/delivery/store-reader.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import type { LocalStore } from '../../src/store/local-store.ts';
import { decodeSqliteRow } from './decode-sqlite-row.ts';
import type { QueryAnswer, QueryRequest } from './loopback-bigquery.ts';

/** Answers a query for BigQuery about turns from a local store: both take the same text. */
export function answerFromStore(store: LocalStore, { query, parameters }: QueryRequest): QueryAnswer {
  const sql = query.replaceAll(/`[^`]+\.conversation_logs_latest`/g, 'conversation_logs_latest');
  const rows = store.query(sql, parameters as QueryParameters);
  const [first = {}] = rows;
  return {
    fields: CONVERSATION_LOGS.columns.filter(({ name }) => name in first),
    rows: rows.map((row) => decodeSqliteRow(CONVERSATION_LOGS, row)),
  };
}
