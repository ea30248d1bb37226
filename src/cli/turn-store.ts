import type { Command } from 'commander';
import type { StoreReader } from '../delivery/store-reader.ts';
import { CONVERSATION_LOGS } from '../record/conversation-columns.ts';
import { decodeRow } from '../store/sqlite-row.ts';
import type { TimeRange, TurnQuery } from '../store/turn-queries.ts';
import type { CliContext } from './context.ts';
import { addMaxBytesOption } from './max-bytes.ts';
import { openStore } from './open-store.ts';
import { addTargetOptions, resolveTarget, type Target, type TargetOptions } from './target.ts';
import { addTimeOptions, resolveTimeRange, type TimeOptions } from './time-range.ts';
import type { TurnRow } from './turn-line.ts';

export interface TurnStoreOptions extends TargetOptions, TimeOptions {
  readonly maxBytes: number;
}

/** A store whose turns are looked at, and which of them. */
export interface TurnStore {
  /** For people. */
  readonly name: string;
  readonly target: Target;
  readonly range: TimeRange;
  readonly reader: StoreReader;
  read(query: TurnQuery): Promise<TurnRow[]>;
}

/** What BigQuery reads is paid for. */
const BIGQUERY_DAYS = 7;

export function addTurnStoreOptions(command: Command): Command {
  const withTime = addTimeOptions(addTargetOptions(command), `${BIGQUERY_DAYS} on BigQuery, else all`);
  return addMaxBytesOption(withTime);
}

/** Opens the store that the options name, and closes it after the work. */
export async function withTurnStore<Result>(
  options: TurnStoreOptions,
  context: CliContext,
  work: (store: TurnStore) => Promise<Result>,
): Promise<Result> {
  const target = resolveTarget(options, context);
  const isBigQuery = target.kind === 'bigquery';
  const range = resolveTimeRange(options, context.clock.now(), isBigQuery ? BIGQUERY_DAYS : undefined);
  const reader = await openStore(target, options.maxBytes);
  const name = isBigQuery ? reader.tables.latest : target.path;
  const read = async ({ sql, parameters }: TurnQuery): Promise<TurnRow[]> =>
    (await reader.run(sql, parameters)).map((row) => decodeRow(CONVERSATION_LOGS, row));
  try {
    return await work({ name, target, range, reader, read });
  } finally {
    reader.close();
  }
}
