import { InvalidArgumentError } from 'commander';
import { toJsonText, toPrintable } from '../../base/printable.ts';
import { renderNewestTurns, type TurnFilter } from '../../store/turn-queries.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext } from '../context.ts';
import { lineWidth } from '../display-width.ts';
import { renderTable } from '../render-table.ts';
import { roundCost, shortId, shortTime, turnState } from '../turn-line.ts';
import { addTurnStoreOptions, type TurnStoreOptions, withTurnStore } from '../turn-store.ts';

interface TurnsOptions extends TurnStoreOptions, TurnFilter {
  readonly limit: number;
  readonly json?: true;
}

export const registerTurns: RegisterCommand = (command, context) => {
  addTurnStoreOptions(command)
    .option('--limit <n>', 'most turns', parseLimit, 20)
    .option('--agent <name>', 'turns of this agent')
    .option('--user <id>', 'turns of this user')
    .option('--conversation <id>', 'turns of this conversation')
    .option('--failed', 'turns that failed')
    .option('--incomplete', 'turns of which a part is missing')
    .option('--json', 'the rows as JSON')
    .action(async (options: TurnsOptions) => context.stdout.write(await turns(options, context)));
};

function turns(options: TurnsOptions, context: CliContext): Promise<string> {
  return withTurnStore(options, context, async ({ name, range, reader, read }) => {
    const rows = await read(renderNewestTurns(reader.tables, options, range, options.limit));
    if (options.json) return toJsonText(rows);
    if (rows.length === 0) {
      const since = range.from === undefined ? '' : ` since ${new Date(range.from).toISOString()}`;
      return `no such turns in ${toPrintable(name)}${since}\n`;
    }
    const shown = rows.map((row) => ({
      id: shortId(row),
      'time (UTC)': shortTime(row.timestamp, context.clock.now()),
      agent: row.agent_name,
      user: row.user_id,
      question: row.user_question,
      tokens: row.total_token_count,
      ms: row.duration_ms,
      USD: roundCost(row.estimated_cost_usd),
      state: turnState(row),
    }));
    const whole = ['id', 'time (UTC)', 'state'];
    return renderTable(Object.keys(shown[0] ?? {}), shown, { width: lineWidth(context), first: 'question', whole });
  });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new InvalidArgumentError('A whole number from 1 to 10000.');
  return limit;
}
