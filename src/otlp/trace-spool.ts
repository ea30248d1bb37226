/**
 * Holds the spans of any number of files until every trace is complete: the spans of one trace may stand anywhere in
 * them. Memory is bounded by the database's cache; beyond it, spans wait in a temporary file that only this process
 * can see and that is gone with it.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openTemporary } from '../base/open-sqlite.ts';

const CACHE_BYTES = 16 * 1024 * 1024;

export class TraceSpool {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  /** Traces in the order in which they first appeared. */
  readonly #traceNumbers: Map<string, number> = new Map();

  constructor() {
    this.#database = openTemporary(CACHE_BYTES);
    this.#database.exec('CREATE TABLE parts (trace INTEGER NOT NULL, text TEXT NOT NULL) STRICT; BEGIN');
    this.#insert = this.#database.prepare('INSERT INTO parts VALUES (?, ?)');
  }

  /** @param text part of the trace */
  add(traceId: string, text: string): void {
    let trace = this.#traceNumbers.get(traceId);
    if (trace === undefined) {
      trace = this.#traceNumbers.size;
      this.#traceNumbers.set(traceId, trace);
    }
    this.#insert.run(trace, text);
  }

  /** Every trace with all its parts, traces and parts in the order of their arrival. Call it once, after the last part. */
  *traces(): Generator<readonly string[]> {
    this.#database.exec('COMMIT; CREATE INDEX parts_by_trace ON parts (trace)');
    let current: unknown;
    let parts: string[] = [];
    for (const { trace, text } of this.#database
      .prepare('SELECT trace, text FROM parts ORDER BY trace, rowid')
      .iterate()) {
      if (trace !== current && parts.length > 0) {
        yield parts;
        parts = [];
      }
      current = trace;
      parts.push(String(text));
    }
    if (parts.length > 0) yield parts;
  }

  close(): void {
    this.#database.close();
  }
}
