import { CONVERSATION_LOGS, type ConversationRecord } from '../../src/record/conversation-columns.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { findRowProblem } from './bigquery-row-check.ts';
import { decodeSqliteRow } from './decode-sqlite-row.ts';

/**
 * All conversations of a local store.
 *
 * @throws where one of them is not valid for the table, naming the column
 */
export function readStoredRows(path: string): readonly ConversationRecord[] {
  const store = LocalStore.openReadOnly(path);
  try {
    return store.query('SELECT * FROM conversation_logs').map((stored) => {
      const row = decodeSqliteRow(CONVERSATION_LOGS, stored);
      if (!isConversation(row)) throw new Error('a column is missing');
      return row;
    });
  } finally {
    store.close();
  }
}

function isConversation(row: Record<string, unknown>): row is ConversationRecord {
  const problem = findRowProblem(row, CONVERSATION_LOGS.columns, { ignoreUnknownValues: false });
  if (problem !== undefined) throw new Error(`${problem.location}: ${problem.message}`);
  return CONVERSATION_LOGS.columns.every(({ name }) => Object.hasOwn(row, name));
}
