import { describeError } from '../base/errors.ts';
import type { ContentPolicy } from '../privacy/content-policy.ts';
import type { TableDefinition } from '../record/column.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import { type RedactedRow, redactRow } from '../record/redacted-row.ts';
import { buildRowKey } from '../record/row-key.ts';
import type { LedgerEntry, RowSink } from './row-sink.ts';

/** A row on its way to the sink. */
export interface WrittenRow {
  /** As it was mapped. */
  readonly record: ConversationRecord;
  /** As the sink got it. */
  readonly stored: RedactedRow<ConversationRecord>;
  /** Settles when the sink has stored or kept the row: why it could not, else `undefined`. Never rejects. */
  readonly settled: Promise<string | undefined>;
}

/** The last step of every row that this process makes: content policy, key, sink. */
export class RowWriter {
  readonly #sink: RowSink;
  readonly #policy: ContentPolicy;

  constructor(sink: RowSink, policy: ContentPolicy) {
    this.#sink = sink;
    this.#policy = policy;
  }

  /** Hands the row of a turn to the sink, without waiting for it. */
  write(table: TableDefinition, record: ConversationRecord): WrittenRow {
    const stored = this.#redact(table, record);
    const key = buildRowKey(stored, table.keyColumns);
    return { record, stored, settled: this.#handOver([{ table: table.name, key, row: stored }]) };
  }

  /** Hands over rows that name their own keys. @returns as {@link WrittenRow.settled} */
  writeAll(
    table: TableDefinition,
    rows: readonly { readonly key: string; readonly row: Readonly<Record<string, unknown>> }[],
  ): Promise<string | undefined> {
    return this.#handOver(rows.map(({ key, row }) => ({ table: table.name, key, row: this.#redact(table, row) })));
  }

  /** A sink that breaks its contract and throws is a reason as well. */
  async #handOver(entries: readonly LedgerEntry[]): Promise<string | undefined> {
    try {
      await this.#sink.write(entries);
      return undefined;
    } catch (error) {
      return `${this.#sink.name}: ${describeError(error)}`;
    }
  }

  /** Fails closed, and without the message, which may quote the text. */
  #redact<Row extends Readonly<Record<string, unknown>>>(table: TableDefinition, row: Row): RedactedRow<Row> {
    try {
      return redactRow(table, row, this.#policy);
    } catch (error) {
      throw new Error(`redaction failed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}
