import type { TableName } from './record-sink.ts';
import { type Claim, ROW_OVERHEAD_BYTES } from './row-store.ts';

/** Rows and bytes of a store, by table and state. Counted beside the rows: counting them on disk would read them. */
export class RowCounts {
  rowCount = 0;
  sizeBytes = 0;
  readonly #byTable: Map<TableName, Record<Claim['state'], number>> = new Map();

  add(table: TableName, state: Claim['state'], sizeBytes: number, rows = 1): void {
    this.rowCount += rows;
    this.sizeBytes += sizeBytes + rows * ROW_OVERHEAD_BYTES;
    this.#change(table, state, rows);
  }

  remove(table: TableName, state: Claim['state'], sizeBytes: number): void {
    this.rowCount -= 1;
    this.sizeBytes -= sizeBytes + ROW_OVERHEAD_BYTES;
    this.#change(table, state, -1);
  }

  move(table: TableName, from: Claim['state'], to: Claim['state'], rows = 1): void {
    this.#change(table, from, -rows);
    this.#change(table, to, rows);
  }

  of(table: TableName, state: Claim['state']): number {
    return this.#byTable.get(table)?.[state] ?? 0;
  }

  /** Tables that rows were counted for, in the order of their first row. */
  get tables(): readonly TableName[] {
    return [...this.#byTable.keys()];
  }

  #change(table: TableName, state: Claim['state'], by: number): void {
    const counts = this.#byTable.get(table) ?? { due: 0, refused: 0 };
    this.#byTable.set(table, counts);
    counts[state] += by;
  }
}
