import { nonEmptyString } from '../../base/json-value.ts';
import { toJsonText, toPrintable } from '../../base/printable.ts';
import { renderTurn, renderTurnsById } from '../../store/turn-queries.ts';
import { readTraceSpans } from '../../store/turn-spans.ts';
import { buildCallTree, renderTreeNames, type TreeNode } from '../call-tree.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';
import { lineWidth } from '../display-width.ts';
import { renderTable } from '../render-table.ts';
import { renderTurnFacts, renderTurnText } from '../turn-facts.ts';
import { shortTime, type TurnRow } from '../turn-line.ts';
import { addTurnStoreOptions, type TurnStore, type TurnStoreOptions, withTurnStore } from '../turn-store.ts';

interface ShowOptions extends TurnStoreOptions {
  readonly json?: true;
}

/** Most turns that are listed where an id means several. */
const MAX_LISTED = 20;

export const registerShow: RegisterCommand = (command, context, finish) => {
  addTurnStoreOptions(command)
    .argument('<id>', 'message_id, a beginning of it that no other turn has, or trace id')
    .option('--json', 'the row and its calls as JSON')
    .action(async (id: string, options: ShowOptions) =>
      finish(await withTurnStore(options, context, (store) => show(id, options, store, context))),
    );
};

async function show(id: string, { json }: ShowOptions, store: TurnStore, context: CliContext): Promise<ExitCode> {
  const { reader, range, read } = store;
  const found = await read(renderTurnsById(reader.tables, id, range, MAX_LISTED + 1));
  const [first] = found;
  if (first === undefined) throw new Error(describeMissing(id, store));
  if (found.length > 1 && first.message_id !== id) {
    await context.stderr.write(listTurns(id, found, context));
    return 1;
  }
  const messageId = String(first.message_id);
  const [turn = first] = await read(renderTurn(reader.tables, messageId, nonEmptyString(first.date_partition)));
  const traceId = nonEmptyString(turn.trace_id);
  // Traces of turns in BigQuery are in a trace backend.
  const spans =
    traceId === undefined || store.target.kind !== 'sqlite' ? [] : await readTraceSpans(reader.run, traceId);
  const calls = buildCallTree(turn, spans);
  await context.stdout.write(
    json
      ? toJsonText({ turn, calls })
      : [
          renderTurnFacts(turn),
          renderTurnText('question', turn.user_question),
          renderTurnText('answer', turn.agent_response),
          `\n${renderCalls(calls, lineWidth(context))}`,
        ].join(''),
  );
  return 0;
}

function renderCalls(calls: readonly TreeNode[], width: number): string {
  const names = renderTreeNames(calls);
  const rows = calls.map(({ offset_ms, duration_ms, total_token_count, error }, i) => ({
    call: names[i],
    'at ms': offset_ms,
    ms: duration_ms,
    tokens: total_token_count,
    ...(calls.some((call) => call.error !== null) && { error }),
  }));
  return renderTable(Object.keys(rows[0] ?? {}), rows, { width, first: 'error' });
}

function describeMissing(id: string, { name, range, target }: TurnStore): string {
  const since = range.from === undefined ? '' : ` since ${new Date(range.from).toISOString().slice(0, 10)}`;
  const further = range.from === undefined ? '' : '; --days 30 looks further back';
  const newest = target.kind === 'sqlite' ? `spanledger turns --store ${target.path}` : 'spanledger turns';
  return `no turn ${id} in ${name}${since}${further}; ${newest} lists the newest`;
}

function listTurns(id: string, turns: readonly TurnRow[], { clock, ...context }: CliContext): string {
  const rows = turns.slice(0, MAX_LISTED).map((turn) => ({
    id: turn.message_id,
    'time (UTC)': shortTime(turn.timestamp, clock.now()),
    agent: turn.agent_name,
    user: turn.user_id,
  }));
  const count = turns.length > MAX_LISTED ? `more than ${MAX_LISTED}` : turns.length;
  const width = lineWidth(context);
  return `spanledger: ${toPrintable(id)} may be ${count} turns:\n${renderTable(['id', 'time (UTC)', 'agent', 'user'], rows, { width, whole: ['id', 'time (UTC)'] })}`;
}
