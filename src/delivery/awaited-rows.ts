import type { LedgerEntry, WriteResult } from './row-sink.ts';

/** Rows whose write resolves only when it is known what became of them, where the CPU is taken away afterwards. */
export class AwaitedRows {
  /** By `table/key`. */
  readonly #waiting: Map<string, (result: WriteResult) => void> = new Map();

  /** @param id `table/key` */
  settle(id: string, result: WriteResult): void {
    this.#waiting.get(id)?.(result);
  }

  /**
   * @param accepted what the intake makes of each entry
   * @param deliver resolves when the rows were delivered, or may wait no longer
   * @returns a result for each entry; `pending` where nothing better is known by then
   */
  async collect(
    entries: readonly LedgerEntry[],
    accepted: readonly Promise<WriteResult>[],
    deliver: () => Promise<unknown>,
  ): Promise<readonly WriteResult[]> {
    const settled = new Map<string, WriteResult>();
    const ids = entries.map(({ table, key }) => `${table}/${key}`);
    for (const id of ids) this.#waiting.set(id, (result) => settled.set(id, result));
    const held = await Promise.all(accepted);
    await deliver();
    for (const id of ids) this.#waiting.delete(id);
    return held.map((result, index) => (result.status === 'pending' && settled.get(ids[index] ?? '')) || result);
  }
}
