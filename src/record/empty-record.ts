import { CONVERSATION_COLUMNS, type ConversationRecord, type RequiredColumn } from './conversation-columns.ts';

const EMPTY = Object.fromEntries<unknown>(
  CONVERSATION_COLUMNS.map(({ name, mode }) => [name, mode === 'REPEATED' ? [] : null]),
) as Omit<ConversationRecord, RequiredColumn>;

/** What a mapping starts from: a record in table order, with NULL or an empty list where it has not said anything yet. */
export function buildEmptyRecord(required: Pick<ConversationRecord, RequiredColumn>): ConversationRecord {
  return { ...EMPTY, ...required };
}
