/**
 * The tables of the loopback server: schemas, rows, insert ids. A key that arrives twice within the window is one row,
 * as the service does on a best-effort basis; after the window it is two.
 */
import { type BigQueryField, canonicalType, findSchemaProblem, modeOf } from './bigquery-row-check.ts';

/** How long the service remembers insert ids. */
const INSERT_ID_WINDOW_MILLIS = 60_000;

export interface StoredRow {
  readonly insertId: string | undefined;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface LoopbackTable {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
  /** The resource as `tables.get` answers it. */
  resource: Record<string, unknown>;
  fields: readonly BigQueryField[];
  readonly isView: boolean;
  readonly rows: StoredRow[];
  readonly insertIds: Map<string, number>;
  /** Answers 404 to this many inserts yet, as a table just created does. */
  notFoundInserts: number;
}

export class BigQueryTables {
  /** Called for each row that is kept; false forgets it. */
  onKeep: (row: StoredRow) => boolean = () => true;
  readonly datasets: Map<string, Record<string, unknown>> = new Map();
  readonly #tables: Map<string, LoopbackTable> = new Map();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(projectId: string, datasetId: string, tableId: string): LoopbackTable | undefined {
    return this.#tables.get(tableKey(projectId, datasetId, tableId));
  }

  /** The table of this name, in whichever dataset. `dataset.table` where that is ambiguous. */
  find(name: string): LoopbackTable | undefined {
    return [...this.#tables.values()].find(
      (table) => table.tableId === name || `${table.datasetId}.${table.tableId}` === name,
    );
  }

  list(projectId: string, datasetId: string): LoopbackTable[] {
    return [...this.#tables.values()].filter((table) => table.projectId === projectId && table.datasetId === datasetId);
  }

  create(
    projectId: string,
    datasetId: string,
    tableId: string,
    body: Readonly<Record<string, unknown>>,
  ): LoopbackTable {
    const table: LoopbackTable = {
      projectId,
      datasetId,
      tableId,
      resource: { ...body },
      fields: readFields(body) ?? [],
      isView: isRecord(body.view),
      rows: [],
      insertIds: new Map(),
      notFoundInserts: 0,
    };
    this.#tables.set(tableKey(projectId, datasetId, tableId), table);
    return table;
  }

  delete(table: LoopbackTable): void {
    this.#tables.delete(tableKey(table.projectId, table.datasetId, table.tableId));
  }

  /** Keeps rows that were checked before. */
  keep(table: LoopbackTable, rows: readonly StoredRow[]): void {
    const now = this.#now();
    for (const row of rows) {
      if (row.insertId !== undefined) {
        const seenAt = table.insertIds.get(row.insertId);
        if (seenAt !== undefined && now - seenAt < INSERT_ID_WINDOW_MILLIS) continue;
        table.insertIds.set(row.insertId, now);
      }
      if (this.onKeep(row)) table.rows.push(row);
    }
  }
}

/** The columns of a table resource; undefined where it names none. */
export function readFields(body: Readonly<Record<string, unknown>>): readonly BigQueryField[] | undefined {
  const schema = body.schema;
  if (!isRecord(schema) || !Array.isArray(schema.fields)) return undefined;
  return schema.fields as BigQueryField[];
}

/** Why `next` cannot replace `current` (columns may be added as NULLABLE or REPEATED and relaxed), or undefined. */
export function findPatchProblem(
  current: readonly BigQueryField[],
  next: readonly BigQueryField[],
): string | undefined {
  const invalid = findSchemaProblem(next);
  if (invalid !== undefined) return invalid;
  for (const field of current) {
    const successor = next.find((candidate) => candidate.name.toLowerCase() === field.name.toLowerCase());
    if (successor === undefined)
      return `Provided Schema does not match Table. Field ${field.name} is missing in new schema`;
    if (canonicalType(successor.type) !== canonicalType(field.type)) {
      return `Provided Schema does not match Table. Field ${field.name} has changed type from ${field.type} to ${successor.type}`;
    }
    const relaxed = modeOf(field) === 'REQUIRED' && modeOf(successor) === 'NULLABLE';
    if (modeOf(successor) !== modeOf(field) && !relaxed) {
      return `Provided Schema does not match Table. Field ${field.name} has changed mode from ${modeOf(field)} to ${modeOf(successor)}`;
    }
    if (field.fields !== undefined) {
      const nested = findPatchProblem(field.fields, successor.fields ?? []);
      if (nested !== undefined) return nested;
    }
  }
  const known = new Set(current.map((field) => field.name.toLowerCase()));
  const required = next.find((field) => !known.has(field.name.toLowerCase()) && modeOf(field) === 'REQUIRED');
  return required === undefined
    ? undefined
    : `Provided Schema does not match Table. Cannot add required fields to an existing schema. (field: ${required.name})`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tableKey(projectId: string, datasetId: string, tableId: string): string {
  return `${projectId}:${datasetId}.${tableId}`;
}
