import { type BuildRecordOptions, buildRecord } from '../../src/record/build-record.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import type { Turn } from '../../src/spans/turn.ts';

/** The record of a turn, read for it alone. */
export function recordOf(turn: Turn, options?: BuildRecordOptions): ConversationRecord {
  return buildRecord(readTurn(turn), options);
}
