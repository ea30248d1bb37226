import { ROW_OVERHEAD_BYTES } from './row-store.ts';

/** Rows and bytes of a store, by table and state. Counted beside the rows: counting them on disk would read them. */
export class RowCounts {
  rowCount = 0;
  sizeBytes = 0;
  readonly #byState: Map<string, number> = new Map();

  add(table: string, state: string, sizeBytes: number, rows = 1): void {
    this.rowCount += rows;
    this.sizeBytes += sizeBytes + rows * ROW_OVERHEAD_BYTES;
    this.#change(table, state, rows);
  }

  remove(table: string, state: string, sizeBytes: number): void {
    this.rowCount -= 1;
    this.sizeBytes -= sizeBytes + ROW_OVERHEAD_BYTES;
    this.#change(table, state, -1);
  }

  move(table: string, from: string, to: string, rows = 1): void {
    this.#change(table, from, -rows);
    this.#change(table, to, rows);
  }

  of(table: string, state: string): number {
    return this.#byState.get(`${table}/${state}`) ?? 0;
  }

  #change(table: string, state: string, by: number): void {
    const key = `${table}/${state}`;
    this.#byState.set(key, (this.#byState.get(key) ?? 0) + by);
  }
}
