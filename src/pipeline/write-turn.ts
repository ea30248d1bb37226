import type { Clock } from '../base/clock.ts';
import { describeError } from '../base/errors.ts';
import type { LedgerEntry, RowSink, TableName } from '../delivery/row-sink.ts';
import { runMapping, type TurnMapping } from '../migration/run-mapping.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { Turn } from '../spans/turn.ts';

/** Applies the content policy to a copy of the row. */
export type RedactRecord = (record: ConversationRecord) => ConversationRecord;

/** How one mapping's rows reach the sink. */
export interface TurnWriter {
  readonly map: TurnMapping;
  /** Time that an asynchronous `map` may take. */
  readonly timeoutMillis: number;
  readonly redact: RedactRecord | undefined;
  readonly sink: RowSink;
  readonly clock: Clock;
}

export type TurnWriteResult =
  | {
      readonly status: 'handed-over';
      /** The row as it was mapped. */
      readonly record: ConversationRecord;
      /** The row as the sink got it. */
      readonly stored: ConversationRecord;
      /** Settles when the sink has stored or kept the row: the reason why it could not, else `undefined`. */
      readonly settled: Promise<string | undefined>;
    }
  | { readonly status: 'failed'; readonly reason: string };

/**
 * Maps a turn and hands its row to the sink, without waiting for the sink. Never rejects.
 *
 * @param table one of the conversation tables
 */
export async function writeTurn(writer: TurnWriter, turn: Turn, table: TableName): Promise<TurnWriteResult> {
  const mapped = await runMapping(writer.map, turn, writer.timeoutMillis, writer.clock);
  return mapped.status === 'failed' ? mapped : deliver(writer, mapped.record, table);
}

/** As {@link writeTurn}, for the process's `exit` event, which no asynchronous mapping can use any more. */
export function writeTurnSync(writer: TurnWriter, turn: Turn, table: TableName): TurnWriteResult {
  try {
    const mapped = writer.map(turn);
    if (!(mapped instanceof Promise)) return deliver(writer, mapped, table);
    mapped.catch(() => {});
    return { status: 'failed', reason: 'the process ended before the mapping had its row' };
  } catch (error) {
    return { status: 'failed', reason: describeError(error) };
  }
}

function deliver(writer: TurnWriter, record: ConversationRecord, table: TableName): TurnWriteResult {
  let stored: ConversationRecord;
  try {
    stored = writer.redact === undefined ? record : writer.redact(record);
  } catch (error) {
    // Fails closed, and without the message, which may quote the text.
    return { status: 'failed', reason: `redaction failed: ${error instanceof Error ? error.name : typeof error}` };
  }
  const entry: LedgerEntry = { table, key: `${stored.message_id}:${stored.record_version ?? 1}`, row: stored };
  return { status: 'handed-over', record, stored, settled: handOver(writer.sink, [entry]) };
}

/** @returns why a sink that breaks its contract threw or rejected, else `undefined` */
export async function handOver(sink: RowSink, entries: readonly LedgerEntry[]): Promise<string | undefined> {
  try {
    await sink.write(entries);
    return undefined;
  } catch (error) {
    return `${sink.name}: ${describeError(error)}`;
  }
}
