import type { LedgerEntry, RowSink, TableName, WriteResult } from '../../src/delivery/row-sink.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';

/** A sink that keeps every entry as it was handed over, as text, so that a later change of a row shows. */
export class CollectingSink implements RowSink {
  readonly name = 'collecting';
  readonly #entries: { readonly table: TableName; readonly key: string; readonly json: string }[] = [];

  write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]> {
    for (const { table, key, row } of entries) this.#entries.push({ table, key, json: JSON.stringify(row) });
    return Promise.resolve(entries.map(() => ({ status: 'stored' })));
  }

  /** Rows of a table as JSON text, in order of arrival. */
  json(table: TableName): string[] {
    return this.#entries.filter((entry) => entry.table === table).map((entry) => entry.json);
  }

  /** Rows of a table, in order of arrival; `Row` is what the table holds. */
  rows<Row = ConversationRecord>(table: TableName): Row[] {
    return this.json(table).map((json): Row => JSON.parse(json));
  }

  /** `table key` of every entry, in order of arrival. */
  get keys(): string[] {
    return this.#entries.map(({ table, key }) => `${table} ${key}`);
  }

  flush(): Promise<{ settled: boolean; pending: number; detail: string }> {
    return Promise.resolve({ settled: true, pending: 0, detail: 'nothing pending' });
  }

  shutdown(): Promise<{ settled: boolean; pending: number; detail: string }> {
    return this.flush();
  }

  stats(): { received: number; stored: number; fallback: number; pending: number; dropped: Record<string, number> } {
    const { length } = this.#entries;
    return { received: length, stored: length, fallback: 0, pending: 0, dropped: {} };
  }
}
