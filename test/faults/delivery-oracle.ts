/**
 * Knows, outside of the process under test, what that process promised: which rows it accepted, and what they were.
 * Compares with what the servers hold: every promised row is in BigQuery or in the fallback, with its payload, once.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseFallbackPayload } from '../../src/delivery/fallback-entry.ts';
import type { LedgerEntry, TableName, WriteResult } from '../../src/delivery/row-sink.ts';
import type { LoopbackBigQuery } from '../support/loopback-bigquery.ts';

type Row = Readonly<Record<string, unknown>>;

export interface Verdict {
  readonly violations: readonly string[];
  readonly promised: number;
  readonly stored: number;
  readonly fallback: number;
  /** Rows that are in BigQuery and in the fallback: an answer was lost, and replay removes the second by its key. */
  readonly both: number;
}

export class DeliveryOracle {
  readonly #rows: Map<string, Row> = new Map();
  readonly #promised: Set<string> = new Set();
  /** Columns that a table lacked for a while; rows may lack them too. */
  readonly #removedColumns: Set<string> = new Set();
  readonly #violations: string[] = [];

  /** Before a write: what may arrive. */
  offer(entries: readonly LedgerEntry[]): void {
    for (const { table, key, row } of entries) this.#rows.set(`${table}/${key}`, row as Row);
  }

  /** After a write: what was promised. Without results the process died, and promised nothing. */
  promise(entries: readonly LedgerEntry[], results: readonly WriteResult[] | undefined): void {
    for (const [index, { table, key }] of entries.entries()) {
      const result = results?.[index];
      if (result === undefined) continue;
      const id = `${table}/${key}`;
      if (result.status !== 'dropped') this.#promised.add(id);
      else if (result.reason !== 'shutdown' && !(result.reason === 'duplicate' && this.#rows.has(id))) {
        this.#violations.push(`${id} was dropped: ${result.reason}`);
      }
    }
  }

  columnRemoved(name: string): void {
    this.#removedColumns.add(name);
  }

  report(violation: string): void {
    this.#violations.push(violation);
  }

  judge(bigQuery: LoopbackBigQuery, tables: readonly TableName[], fallbackPayloads: readonly unknown[]): Verdict {
    const stored = new Set<string>();
    for (const table of tables) {
      const ids = bigQuery.insertIds(table);
      for (const [index, row] of bigQuery.rows(table).entries()) {
        const id = `${table}/${ids[index]}`;
        if (stored.has(id)) this.#violations.push(`${id} is in BigQuery twice`);
        stored.add(id);
        this.#compare(id, row, true);
      }
    }
    const fallback = this.#readFallback(fallbackPayloads);
    for (const id of this.#promised) {
      if (!stored.has(id) && !fallback.has(id)) this.#violations.push(`${id} is lost`);
    }
    return {
      violations: this.#violations,
      promised: this.#promised.size,
      stored: stored.size,
      fallback: fallback.size,
      both: [...fallback].filter((id) => stored.has(id)).length,
    };
  }

  #readFallback(payloads: readonly unknown[]): Set<string> {
    const complete = new Set<string>();
    const parts = new Map<string, Map<number, string>>();
    for (const payload of payloads) {
      const content = parseFallbackPayload(payload);
      if (content === undefined) {
        this.#violations.push('a fallback entry cannot be read');
        continue;
      }
      const id = `${content.table}/${content.key}`;
      if (content.body.kind === 'whole') {
        complete.add(id);
        this.#compare(id, content.body.record, false);
        continue;
      }
      const found = parts.get(id) ?? new Map<number, string>();
      parts.set(id, found.set(content.body.part, content.body.text));
      if (found.size < content.body.parts) continue;
      complete.add(id);
      const text = Array.from({ length: found.size }, (_, index) => found.get(index + 1)).join('');
      this.#compare(id, JSON.parse(text) as Row, false);
    }
    return complete;
  }

  #compare(id: string, actual: Row, mayLackColumns: boolean): void {
    const offered = this.#rows.get(id);
    if (offered === undefined) {
      this.#violations.push(`${id} was never written`);
      return;
    }
    const expected = { ...offered };
    if (mayLackColumns) {
      for (const name of this.#removedColumns) if (!Object.hasOwn(actual, name)) delete expected[name];
    }
    if (!isDeepStrictEqual(actual, expected)) this.#violations.push(`${id} has another payload`);
  }
}
