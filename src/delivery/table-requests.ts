/**
 * The requests of one table to the primary destination: each within its time, counted, and without the columns that the
 * table was found to lack.
 */
import { createHash } from 'node:crypto';
import { type DeadlineResult, withDeadline } from '../base/deadline.ts';
import type { InsertOutcome, InsertTransport, RowError } from './insert-transport.ts';
import type { LaneOptions } from './lane-options.ts';
import type { TableName } from './row-sink.ts';
import type { HeldRow } from './row-store.ts';
import { findUnknownPaths, UnknownColumns } from './unknown-columns.ts';

/** Limit of BigQuery for an insert id. */
const MAX_INSERT_ID_LENGTH = 128;

export interface TableRequestsOptions extends LaneOptions {
  readonly table: TableName;
  /** May reject, e.g. where the client's package is not installed. */
  readonly transport: () => Promise<InsertTransport>;
  /** Gives up the requests under way. */
  readonly stop: AbortSignal;
}

export class TableRequests {
  readonly #options: TableRequestsOptions;
  readonly #unknown: UnknownColumns;

  constructor(options: TableRequestsOptions) {
    this.#options = options;
    this.#unknown = new UnknownColumns(options.clock, options.config.unknownColumnMillis);
  }

  /** The row's JSON text as it is sent now. */
  render(row: HeldRow): string {
    return this.#unknown.strip(row.payload);
  }

  /** Learns the columns that the table lacks, from the errors and from its schema. */
  async learn(rows: readonly HeldRow[], rowErrors: readonly RowError[]): Promise<void> {
    const paths = new Set(rowErrors.map((error) => error.column).filter((column) => column !== undefined));
    if ([...paths].some((path) => !this.#unknown.has(path))) {
      const answer = await this.#call((transport, signal) => transport.columns(this.#options.table, signal));
      if (answer.status === 'done' && answer.value !== undefined) {
        for (const row of rows)
          for (const path of findUnknownPaths(JSON.parse(row.payload), answer.value)) paths.add(path);
      }
    }
    for (const path of paths) {
      if (!this.#unknown.learn(path)) continue;
      this.#options.diagnostics.warn(
        `unknown-column:${this.#options.table}.${path}`,
        `BigQuery table ${this.#options.table} has no column ${path}; it is left out. spanledger init adds it`,
      );
    }
  }

  /** @param sent what `render` gave for each row */
  async insert(rows: readonly HeldRow[], sent: readonly string[]): Promise<InsertOutcome> {
    const { clock, onRequest, table } = this.#options;
    const insertRows = rows.map((row, index) => ({
      insertId: resolveInsertId(row.key),
      json: sent[index] ?? row.payload,
    }));
    const startedAt = clock.monotonic();
    const answer = await this.#call((transport, signal) => transport.insert(table, insertRows, signal));
    const outcome: InsertOutcome =
      answer.status === 'done' ? answer.value : { status: 'unavailable', reason: answer.reason };
    onRequest({
      destination: 'bigquery',
      durationMillis: clock.monotonic() - startedAt,
      error: outcome.status === 'answered' ? undefined : outcome.reason,
    });
    return outcome;
  }

  #call<T>(request: (transport: InsertTransport, signal: AbortSignal) => Promise<T>): Promise<DeadlineResult<T>> {
    const { clock, config, stop, transport } = this.#options;
    const options = { clock, timeoutMillis: config.requestTimeoutMillis, signal: stop };
    return withDeadline(options, async (signal) => request(await transport(), signal));
  }
}

/** The key itself; its digest where it is longer than an insert id may be. */
function resolveInsertId(key: string): string {
  return key.length <= MAX_INSERT_ID_LENGTH ? key : createHash('sha256').update(key).digest('hex');
}
