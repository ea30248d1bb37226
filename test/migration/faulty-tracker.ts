import { buildLegacyRecord } from '../../src/migration/build-legacy-record.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import type { Turn } from '../../src/spans/turn.ts';

/** What the tracker does wrong in a turn; the turn's question names it. */
export const FAULTS = {
  none: () => ({}),
  leavesThoughtsOut: ({ total_token_count: total, thoughts_token_count: thoughts }) => ({
    total_token_count: (total ?? 0) - (thoughts ?? 0),
    thoughts_token_count: null,
  }),
  countsCachedBeside: ({ prompt_token_count: prompt, cached_content_token_count: cached }) => ({
    prompt_token_count: (prompt ?? 0) - (cached ?? 0),
  }),
  losesUsage: () => ({
    prompt_token_count: null,
    candidates_token_count: null,
    total_token_count: null,
    thoughts_token_count: null,
    cached_content_token_count: null,
  }),
  keepsEarlierUsage: () => ({ prompt_token_count: 91_111, candidates_token_count: 4_777, total_token_count: 95_888 }),
  writesAnotherText: () => ({ agent_response: 'Otra respuesta', agent_response_length: 14 }),
} as const satisfies Readonly<Record<string, (row: ConversationRecord) => Partial<ConversationRecord>>>;

export type Fault = keyof typeof FAULTS;

/** A tracker of a team's own, with faults on demand. */
export default async function track(turn: Turn): Promise<ConversationRecord> {
  const row = buildLegacyRecord(readTurn(turn));
  const fault = Object.keys(FAULTS).find((name) => row.user_question === name);
  return isFault(fault) ? { ...row, ...FAULTS[fault](row) } : row;
}

function isFault(name: string | undefined): name is Fault {
  return name !== undefined && Object.hasOwn(FAULTS, name);
}
