import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import type { ScriptedConversation, ScriptedTurn, ServedTokens } from './conversation-script.ts';

/** What the row of a turn must say, from what the model served and the tools did. */
export function expectedRow(conversation: ScriptedConversation, turn: ScriptedTurn): Partial<ConversationRecord> {
  const served = turn.steps.filter((step) => step.does !== 'fail').map((step) => step.tokens);
  const tools = turn.steps.flatMap((step) => (step.does === 'ask' ? step.tools : []));
  const last = turn.steps.at(-1);
  const sum = (count: (tokens: ServedTokens) => number): number | null =>
    served.length === 0 ? null : served.map(count).reduce((a, b) => a + b);
  return {
    user_id: conversation.user,
    session_id: conversation.session,
    conversation_id: conversation.session,
    user_question: turn.question,
    agent_response: last?.does === 'say' ? last.text : null,
    success: last?.does === 'say',
    tools_used: tools,
    tool_call_count: tools.length,
    tool_error_count: tools.filter((tool) => tool === 'broken').length,
    model_call_count: turn.steps.length,
    prompt_token_count: sum(({ prompt }) => prompt),
    candidates_token_count: sum(({ visible }) => visible),
    thoughts_token_count: sum(({ thoughts }) => thoughts) || null,
    cached_content_token_count: sum(({ cached }) => cached) || null,
    total_token_count: sum(({ prompt, visible, thoughts }) => prompt + visible + thoughts),
    complete: true,
    incomplete_reason: null,
    record_version: 1,
  };
}

/** The columns of a row that {@link expectedRow} tells. Where nothing was cached or thought, some report 0, some nothing. */
export function toldColumns(
  row: ConversationRecord,
  expected: Partial<ConversationRecord>,
): Partial<ConversationRecord> {
  const told = Object.fromEntries(Object.entries(row).filter(([name]) => Object.hasOwn(expected, name)));
  return {
    ...told,
    thoughts_token_count: row.thoughts_token_count || null,
    cached_content_token_count: row.cached_content_token_count || null,
  };
}
