import { nonEmptyString } from '../base/json-value.ts';
import { toPrintable } from '../base/printable.ts';
import { roundCost, type TurnRow, turnState } from './turn-line.ts';

type Named = readonly [name: string, value: unknown];

/** What is known of a turn, for people, a line each. */
export function renderTurnFacts(row: TurnRow): string {
  const facts: readonly Named[] = [
    ['turn', row.message_id],
    ['time', row.timestamp],
    ['agent', row.agent_name],
    ['user', row.user_id],
    ['conversation', row.conversation_id],
    ['state', describeState(row)],
    ['model', row.response_model ?? row.request_model],
    ['tokens', withParts(row.total_token_count, TOKENS, row)],
    ['ms', withParts(row.duration_ms, TIMES, row)],
    ['USD', roundCost(row.estimated_cost_usd)],
    ['content policy', row.content_policy],
  ];
  return known(facts)
    .map(([name, value]) => `${name.padEnd(16)}${toPrintable(String(value))}\n`)
    .join('');
}

/** What was said, as the content policy left it: lines stay lines, and nothing in them steers the terminal. */
export function renderTurnText(title: string, text: unknown): string {
  const said = nonEmptyString(text);
  if (said === undefined) return '';
  const lines = said.split(/\r?\n/).map((line) => `  ${toPrintable(line)}`.trimEnd());
  return `\n${title}\n${lines.join('\n')}\n`;
}

const TOKENS: readonly Named[] = [
  ['prompt', 'prompt_token_count'],
  ['cached', 'cached_content_token_count'],
  ['answer', 'candidates_token_count'],
  ['thoughts', 'thoughts_token_count'],
];
const TIMES: readonly Named[] = [
  ['models', 'model_time_ms'],
  ['tools', 'tool_time_ms'],
  ['to the first token', 'time_to_first_token_ms'],
];

function withParts(whole: unknown, names: readonly Named[], row: TurnRow): string | null {
  if (typeof whole !== 'number') return null;
  const parts = known(names.map(([name, column]) => [name, row[String(column)]]));
  return parts.length === 0 ? `${whole}` : `${whole} (${parts.map(([name, value]) => `${name} ${value}`).join(', ')})`;
}

function describeState(row: TurnRow): string | null {
  const state = turnState(row);
  const why = state === 'failed' ? row.error_message : state === 'incomplete' ? row.incomplete_reason : null;
  return nonEmptyString(why) === undefined ? state : `${state}: ${why}`;
}

function known(facts: readonly Named[]): readonly Named[] {
  return facts.filter(([, value]) => value !== null && value !== undefined);
}
