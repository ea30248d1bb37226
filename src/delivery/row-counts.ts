import type { TableName } from './row-sink.ts';

/** `due` rows go to the primary destination, `refused` ones only to the fallback. */
export type RowState = 'due' | 'refused';

/** What a store's files, indexes and objects take beside a row's payload. */
export const ROW_OVERHEAD_BYTES = 512;

/** Rows and bytes of a store, by table and state. Counted beside the rows: counting them on disk would read them. */
export class RowCounts {
  rowCount = 0;
  sizeBytes = 0;
  readonly #byTable: Map<TableName, Record<RowState, number>> = new Map();

  add(table: TableName, state: RowState, sizeBytes: number, rows = 1): void {
    this.rowCount += rows;
    this.sizeBytes += sizeBytes + rows * ROW_OVERHEAD_BYTES;
    this.#change(table, state, rows);
  }

  remove(table: TableName, state: RowState, sizeBytes: number): void {
    this.rowCount -= 1;
    this.sizeBytes -= sizeBytes + ROW_OVERHEAD_BYTES;
    this.#change(table, state, -1);
  }

  move(table: TableName, from: RowState, to: RowState, rows = 1): void {
    this.#change(table, from, -rows);
    this.#change(table, to, rows);
  }

  of(table: TableName, state: RowState): number {
    return this.#byTable.get(table)?.[state] ?? 0;
  }

  /** Tables that rows were counted for, in the order of their first row. */
  get tables(): readonly TableName[] {
    return [...this.#byTable.keys()];
  }

  #change(table: TableName, state: RowState, by: number): void {
    const counts = this.#byTable.get(table) ?? { due: 0, refused: 0 };
    this.#byTable.set(table, counts);
    counts[state] += by;
  }
}
