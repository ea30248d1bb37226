/**
 * A strict BigQuery on 127.0.0.1: REST v2 datasets, tables, tabledata and queries, as far as the package uses them.
 * It checks every row against its table's schema, holds the documented limits, remembers insert ids for a minute, and
 * misbehaves as a fault policy says. Use `url` as `apiEndpoint`, or as `BIGQUERY_EMULATOR_HOST`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BigQueryFault, type FaultContext, type FaultPolicy, HTML_PAGE } from './bigquery-faults.ts';
import { findBytesProblem, findParameterProblem, readParameters } from './bigquery-query-check.ts';
import { type BigQueryField, findRowProblem, findSchemaProblem } from './bigquery-row-check.ts';
import {
  BigQueryTables,
  findPatchProblem,
  isRecord,
  type LoopbackTable,
  readFields,
  type StoredRow,
} from './bigquery-tables.ts';

const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
/** Above this the front end answers, with a page. */
const MAX_FRONT_END_BYTES = 20 * 1024 * 1024;
const MAX_ROWS = 50_000;
const MAX_INSERT_ID_LENGTH = 128;
const DAY_MILLIS = 86_400_000;
const OLDEST_PARTITION_DAYS = 1_825;
const NEWEST_PARTITION_DAYS = 366;
const PATH = /^(?:\/bigquery\/v2)?\/projects\/([^/]+)(\/.*)$/;

export interface QueryRequest {
  readonly query: string;
  /** Named parameters, as text; NULL as null. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly projectId: string;
  /** Where the client asked the query to run. */
  readonly location: unknown;
  /** As the client sent it. */
  readonly maximumBytesBilled: unknown;
}

export interface QueryAnswer {
  readonly fields: readonly BigQueryField[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** What the query reads, for `maximumBytesBilled`. Default 0. */
  readonly bytesRead?: number;
}

export interface LoopbackBigQueryOptions {
  /** Clock of the insert id window and the partition bounds. Default: the system's. */
  readonly now?: () => number;
  /** Answers queries; undefined is `invalidQuery`. */
  readonly onQuery?: (request: QueryRequest) => QueryAnswer | undefined;
  /** 0 is any free port. */
  readonly port?: number;
}

export interface SeenRequest extends FaultContext {
  readonly sizeBytes: number;
  readonly authorization: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly commit?: () => void;
}

export class LoopbackBigQuery {
  readonly tables: BigQueryTables;
  /** Every request that arrived, in order. */
  readonly requests: SeenRequest[] = [];
  faults: FaultPolicy = () => undefined;
  /** Refuses requests without `Bearer <token>` of this value with 401, where set. */
  requiredToken: string | undefined;
  readonly #server: Server;
  readonly #now: () => number;
  readonly #onQuery: ((request: QueryRequest) => QueryAnswer | undefined) | undefined;
  readonly #jobs: Map<string, Record<string, unknown>> = new Map();

  private constructor(options: LoopbackBigQueryOptions) {
    this.#now = options.now ?? Date.now;
    this.#onQuery = options.onQuery;
    this.tables = new BigQueryTables(this.#now);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => request.socket.destroy());
    });
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = 0;
  }

  static async start(options: LoopbackBigQueryOptions = {}): Promise<LoopbackBigQuery> {
    const loopback = new LoopbackBigQuery(options);
    await new Promise<void>((resolve, reject) => {
      loopback.#server.once('error', reject);
      loopback.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return loopback;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Creates a dataset and a table in it, without a request. Columns are those of a `TableDefinition` or of the API. */
  addTable(
    datasetId: string,
    tableId: string,
    columns: readonly BigQueryField[],
    projectId = 'test-project',
  ): LoopbackTable {
    const problem = findSchemaProblem(columns);
    if (problem !== undefined) throw new Error(problem);
    this.tables.datasets.set(`${projectId}:${datasetId}`, {});
    return this.tables.create(projectId, datasetId, tableId, { schema: { fields: columns } });
  }

  /** Rows of a table as they were inserted, in order of arrival. */
  rows(table: string): readonly Readonly<Record<string, unknown>>[] {
    return (this.tables.find(table)?.rows ?? []).map((row) => row.json);
  }

  /** Insert ids of a table's rows, in order of arrival. */
  insertIds(table: string): readonly (string | undefined)[] {
    return (this.tables.find(table)?.rows ?? []).map((row) => row.insertId);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes <= MAX_FRONT_END_BYTES) chunks.push(chunk);
    }
    const url = new URL(request.url ?? '/', this.url);
    const match = PATH.exec(url.pathname);
    const projectId = decodeURIComponent(match?.[1] ?? '');
    const segments = (match?.[2] ?? '').split('/').slice(1).map(decodeURIComponent);
    const method = (request.headers['x-http-method-override']?.toString() ?? request.method ?? 'GET').toUpperCase();
    const operation = nameOperation(method, segments);
    const body = sizeBytes > MAX_FRONT_END_BYTES ? undefined : parseJson(Buffer.concat(chunks).toString('utf8'));
    const rows = isRecord(body) && Array.isArray(body.rows) ? body.rows : [];
    const context: FaultContext = {
      operation,
      table: segments[0] === 'datasets' ? segments[3] : undefined,
      rowCount: rows.length,
    };
    this.requests.push({ ...context, sizeBytes, authorization: request.headers.authorization });
    const fault = this.faults(context);
    const answer = this.#answer(request, operation, projectId, segments, url.searchParams, body, sizeBytes, fault);
    if (fault !== undefined) return applyFault(fault, answer, request, response);
    answer.commit?.();
    send(response, answer.status, answer.body);
  }

  #answer(
    request: IncomingMessage,
    operation: string,
    projectId: string,
    segments: readonly string[],
    search: URLSearchParams,
    body: unknown,
    sizeBytes: number,
    fault: BigQueryFault | undefined,
  ): Answer {
    if (this.requiredToken !== undefined && request.headers.authorization !== `Bearer ${this.requiredToken}`) {
      return failure(401, 'authError', 'Request had invalid authentication credentials.', 'UNAUTHENTICATED');
    }
    if (sizeBytes > MAX_FRONT_END_BYTES) return { status: 413, body: HTML_PAGE };
    if (sizeBytes > MAX_REQUEST_BYTES && operation === 'insertAll') {
      return failure(400, 'badRequest', `Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`);
    }
    if (body === undefined && request.method !== 'GET' && request.method !== 'DELETE') {
      return failure(400, 'parseError', 'Parse Error');
    }
    const object = isRecord(body) ? body : {};
    switch (operation) {
      case 'insertAll':
        return this.#insertAll(projectId, segments, object, request, fault);
      case 'datasets.insert':
        return this.#insertDataset(projectId, object);
      case 'datasets.get':
        return this.#getDataset(projectId, segments[1] ?? '');
      case 'datasets.list':
        return this.#listDatasets(projectId);
      case 'tables.insert':
        return this.#insertTable(projectId, segments[1] ?? '', object);
      case 'tables.list':
        return this.#listTables(projectId, segments[1] ?? '');
      case 'tables.get':
      case 'tables.patch':
      case 'tables.update':
      case 'tables.delete':
      case 'tabledata.list':
        return this.#table(operation, projectId, segments[1] ?? '', segments[3] ?? '', object);
      case 'jobs.query':
        return this.#query(projectId, object);
      case 'jobs.insert':
        return this.#insertJob(projectId, object);
      case 'jobs.get':
      case 'jobs.getQueryResults':
        return this.#getJob(operation, segments[1] ?? '', search);
      default:
        return failure(404, 'notFound', `No such method: ${request.method} ${segments.join('/')}`);
    }
  }

  #insertAll(
    projectId: string,
    segments: readonly string[],
    body: Readonly<Record<string, unknown>>,
    request: IncomingMessage,
    fault: BigQueryFault | undefined,
  ): Answer {
    const [, datasetId = '', , tableId = ''] = segments;
    const table = this.tables.get(projectId, datasetId, tableId);
    if (table === undefined) return this.#notFound(projectId, datasetId, tableId);
    if (table.notFoundInserts > 0) {
      table.notFoundInserts -= 1;
      return failure(404, 'notFound', `Table ${table.tableId} is truncated.`, 'NOT_FOUND');
    }
    if (table.isView) return failure(400, 'invalid', 'Cannot add rows to a table of type VIEW.');
    if (!/^application\/json/.test(request.headers['content-type'] ?? '')) {
      return failure(400, 'parseError', 'Invalid JSON payload received.');
    }
    const unknown = Object.keys(body).find(
      (name) => !['kind', 'rows', 'skipInvalidRows', 'ignoreUnknownValues', 'templateSuffix', 'traceId'].includes(name),
    );
    if (unknown !== undefined)
      return failure(400, 'badRequest', `Invalid JSON payload received. Unknown name "${unknown}"`);
    const rows = Array.isArray(body.rows) ? body.rows : [];
    if (rows.length === 0) return failure(400, 'invalid', 'No rows present in the request.');
    if (rows.length > MAX_ROWS) {
      return failure(
        400,
        'invalid',
        `too many rows present in the request, limit: ${MAX_ROWS} row count: ${rows.length}.`,
      );
    }
    const refused = fault?.kind === 'row-errors' ? new Set(fault.indexes) : new Set<number>();
    const kept: StoredRow[] = [];
    const stopped: number[] = [];
    const insertErrors: unknown[] = [];
    for (const [index, row] of rows.entries()) {
      const problem = refused.has(index)
        ? { reason: fault?.kind === 'row-errors' ? fault.reason : '', location: '', debugInfo: '', message: 'scripted' }
        : this.#findProblem(row, table, body.ignoreUnknownValues === true);
      if (problem !== undefined) {
        insertErrors.push({ index, errors: [problem] });
      } else {
        kept.push({ insertId: row.insertId, json: row.json });
        stopped.push(index);
      }
    }
    if (insertErrors.length > 0 && body.skipInvalidRows !== true) {
      for (const index of stopped) {
        insertErrors.push({ index, errors: [{ reason: 'stopped', location: '', debugInfo: '', message: '' }] });
      }
      kept.length = 0;
    }
    return {
      status: 200,
      body: {
        kind: 'bigquery#tableDataInsertAllResponse',
        ...(insertErrors.length > 0 && { insertErrors }),
      },
      commit: () => this.tables.keep(table, kept),
    };
  }

  #findProblem(row: unknown, table: LoopbackTable, ignoreUnknownValues: boolean): unknown {
    const refuse = (message: string): unknown => ({ reason: 'invalid', location: '', debugInfo: '', message });
    if (!isRecord(row)) return refuse('Row is not an object.');
    const unknown = Object.keys(row).find((name) => name !== 'insertId' && name !== 'json');
    if (unknown !== undefined) return refuse(`Unknown name "${unknown}" in a row.`);
    const insertId = row.insertId;
    if (insertId !== undefined && (typeof insertId !== 'string' || insertId.length > MAX_INSERT_ID_LENGTH)) {
      return refuse('insertId too long.');
    }
    const problem = findRowProblem(row.json, table.fields, { ignoreUnknownValues });
    if (problem !== undefined) return problem;
    const partition = isRecord(row.json) ? row.json.date_partition : undefined;
    if (typeof partition !== 'string') return undefined;
    const days = (Date.parse(partition) - this.#now()) / DAY_MILLIS;
    return days < -OLDEST_PARTITION_DAYS || days > NEWEST_PARTITION_DAYS
      ? refuse(
          `The destination table's partition ${tableName(table)}$${partition.replaceAll('-', '')} is outside the allowed bounds. You can only stream to partitions within ${OLDEST_PARTITION_DAYS} days in the past and ${NEWEST_PARTITION_DAYS} days in the future relative to the current date.`,
        )
      : undefined;
  }

  #insertDataset(projectId: string, body: Readonly<Record<string, unknown>>): Answer {
    const reference = body.datasetReference;
    const datasetId = isRecord(reference) ? String(reference.datasetId) : '';
    const key = `${projectId}:${datasetId}`;
    if (!/^\w{1,1024}$/.test(datasetId)) return failure(400, 'invalid', `Invalid dataset ID "${datasetId}".`);
    if (this.tables.datasets.has(key))
      return failure(409, 'duplicate', `Already Exists: Dataset ${key}`, 'ALREADY_EXISTS');
    this.tables.datasets.set(key, { ...body });
    return this.#getDataset(projectId, datasetId);
  }

  #getDataset(projectId: string, datasetId: string): Answer {
    const dataset = this.tables.datasets.get(`${projectId}:${datasetId}`);
    if (dataset === undefined)
      return failure(404, 'notFound', `Not found: Dataset ${projectId}:${datasetId}`, 'NOT_FOUND');
    return { status: 200, body: datasetResource(projectId, datasetId, dataset) };
  }

  #listDatasets(projectId: string): Answer {
    const datasets = [...this.tables.datasets]
      .filter(([key]) => key.startsWith(`${projectId}:`))
      .map(([key, dataset]) => datasetResource(projectId, key.slice(projectId.length + 1), dataset));
    return { status: 200, body: { kind: 'bigquery#datasetList', datasets } };
  }

  #insertTable(projectId: string, datasetId: string, body: Readonly<Record<string, unknown>>): Answer {
    if (!this.tables.datasets.has(`${projectId}:${datasetId}`)) return this.#getDataset(projectId, datasetId);
    const reference = body.tableReference;
    const tableId = isRecord(reference) ? String(reference.tableId) : '';
    if (!/^[\w -]{1,1024}$/.test(tableId)) return failure(400, 'invalid', `Invalid table ID "${tableId}".`);
    if (this.tables.get(projectId, datasetId, tableId) !== undefined) {
      return failure(409, 'duplicate', `Already Exists: Table ${projectId}:${datasetId}.${tableId}`, 'ALREADY_EXISTS');
    }
    const problem = findSchemaProblem(readFields(body) ?? []);
    if (problem !== undefined) return failure(400, 'invalid', problem);
    const table = this.tables.create(projectId, datasetId, tableId, body);
    return { status: 200, body: tableResource(table) };
  }

  #listTables(projectId: string, datasetId: string): Answer {
    if (!this.tables.datasets.has(`${projectId}:${datasetId}`)) return this.#getDataset(projectId, datasetId);
    const tables = this.tables.list(projectId, datasetId).map(tableResource);
    return { status: 200, body: { kind: 'bigquery#tableList', tables, totalItems: tables.length } };
  }

  #table(
    operation: string,
    projectId: string,
    datasetId: string,
    tableId: string,
    body: Readonly<Record<string, unknown>>,
  ): Answer {
    const table = this.tables.get(projectId, datasetId, tableId);
    if (table === undefined) return this.#notFound(projectId, datasetId, tableId);
    if (operation === 'tables.delete') return { status: 204, body: undefined, commit: () => this.tables.delete(table) };
    if (operation === 'tabledata.list') {
      const rows = table.rows.map((row) => encodeRow(row.json, table.fields));
      return { status: 200, body: { kind: 'bigquery#tableDataList', totalRows: String(rows.length), rows } };
    }
    if (operation !== 'tables.get') {
      const fields = readFields(body);
      const problem = fields === undefined ? undefined : findPatchProblem(table.fields, fields);
      if (problem !== undefined) return failure(400, 'invalid', problem);
      if (fields !== undefined) table.fields = fields;
      table.resource = operation === 'tables.patch' ? { ...table.resource, ...body } : { ...body };
    }
    return { status: 200, body: tableResource(table) };
  }

  #notFound(projectId: string, datasetId: string, tableId: string): Answer {
    return this.tables.datasets.has(`${projectId}:${datasetId}`)
      ? failure(404, 'notFound', `Not found: Table ${projectId}:${datasetId}.${tableId}`, 'NOT_FOUND')
      : failure(404, 'notFound', `Not found: Dataset ${projectId}:${datasetId}`, 'NOT_FOUND');
  }

  #query(projectId: string, body: Readonly<Record<string, unknown>>, location: unknown = body.location): Answer {
    const query = String(body.query ?? '');
    const unfit = findParameterProblem(body);
    if (unfit !== undefined) return failure(400, unfit.reason, unfit.message);
    const { maximumBytesBilled } = body;
    const answer = this.#onQuery?.({
      query,
      parameters: readParameters(body),
      projectId,
      location,
      maximumBytesBilled,
    });
    if (answer === undefined) return failure(400, 'invalidQuery', 'The query is not known to this server.');
    const expensive = findBytesProblem(body, answer.bytesRead ?? 0);
    if (expensive !== undefined) return failure(400, expensive.reason, expensive.message);
    if (body.dryRun === true) return { status: 200, body: queryResource(projectId, 'dry', { ...answer, rows: [] }) };
    return { status: 200, body: queryResource(projectId, `job-${this.requests.length}`, answer) };
  }

  #insertJob(projectId: string, body: Readonly<Record<string, unknown>>): Answer {
    const configuration = isRecord(body.configuration) ? body.configuration : {};
    const query = isRecord(configuration.query) ? configuration.query : {};
    const reference = isRecord(body.jobReference) ? body.jobReference : {};
    const answer = this.#query(projectId, query, reference.location);
    if (answer.status !== 200) return answer;
    const jobId = String(reference.jobId ?? `job-${this.requests.length}`);
    const job = {
      kind: 'bigquery#job',
      id: `${projectId}:${jobId}`,
      jobReference: { projectId, jobId, location: 'US' },
      configuration,
      status: { state: 'DONE' },
      statistics: { query: { totalBytesProcessed: '0', statementType: 'SELECT' } },
    };
    this.#jobs.set(jobId, { job, results: answer.body });
    return { status: 200, body: job };
  }

  #getJob(operation: string, jobId: string, _search: URLSearchParams): Answer {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return failure(404, 'notFound', `Not found: Job ${jobId}`, 'NOT_FOUND');
    return { status: 200, body: operation === 'jobs.get' ? job.job : job.results };
  }
}

function nameOperation(method: string, segments: readonly string[]): string {
  const [first, , third, , fifth] = segments;
  const verb = { GET: 'get', POST: 'insert', PATCH: 'patch', PUT: 'update', DELETE: 'delete' }[method] ?? method;
  if (first === 'queries') return segments.length === 1 ? 'jobs.query' : 'jobs.getQueryResults';
  if (first === 'jobs') return `jobs.${verb}`;
  if (first !== 'datasets') return `${first}.${verb}`;
  if (segments.length <= 2) return `datasets.${segments.length === 1 && verb === 'get' ? 'list' : verb}`;
  if (third === 'tables' && fifth === 'insertAll') return 'insertAll';
  if (third === 'tables' && fifth === 'data') return 'tabledata.list';
  return `${third}.${segments.length === 3 && verb === 'get' ? 'list' : verb}`;
}

function applyFault(fault: BigQueryFault, answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'error': {
      const body = failure(fault.status, fault.reason, fault.message ?? `scripted ${fault.reason}`).body;
      send(response, fault.status, fault.html === true ? HTML_PAGE : body, fault.headers);
      return;
    }
    case 'reset-before':
      request.socket.resetAndDestroy();
      return;
    case 'reset-after':
      answer.commit?.();
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      if (fault.commit) answer.commit?.();
      return;
    case 'slow-body': {
      answer.commit?.();
      const text = JSON.stringify(answer.body);
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2));
      setTimeout(() => response.end(text.slice(text.length / 2)), fault.delayMillis).unref();
      return;
    }
    case 'answer':
      if (fault.commit) answer.commit?.();
      response.writeHead(200, { 'content-type': fault.contentType });
      response.end(fault.body);
      return;
    case 'row-errors':
      answer.commit?.();
      send(response, answer.status, answer.body);
      return;
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/html; charset=UTF-8' : 'application/json; charset=UTF-8',
    ...headers,
  });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}

function failure(code: number, reason: string, message: string, status = 'INVALID_ARGUMENT'): Answer {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global', reason }], status } } };
}

function tableName(table: LoopbackTable): string {
  return `${table.projectId}:${table.datasetId}.${table.tableId}`;
}

function tableResource(table: LoopbackTable): Record<string, unknown> {
  const { projectId, datasetId, tableId } = table;
  return {
    ...table.resource,
    kind: 'bigquery#table',
    id: tableName(table),
    tableReference: { projectId, datasetId, tableId },
    type: table.isView ? 'VIEW' : 'TABLE',
    numRows: String(table.rows.length),
    schema: { fields: table.fields },
  };
}

function datasetResource(projectId: string, datasetId: string, dataset: Readonly<Record<string, unknown>>): unknown {
  return {
    location: 'US',
    ...dataset,
    kind: 'bigquery#dataset',
    id: `${projectId}:${datasetId}`,
    datasetReference: { projectId, datasetId },
  };
}

function queryResource(projectId: string, jobId: string, answer: QueryAnswer): unknown {
  return {
    kind: 'bigquery#queryResponse',
    schema: { fields: answer.fields },
    jobReference: { projectId, jobId, location: 'US' },
    totalRows: String(answer.rows.length),
    rows: answer.rows.map((row) => encodeRow(row, answer.fields)),
    totalBytesProcessed: '0',
    jobComplete: true,
    cacheHit: false,
  };
}

/** A row in the `f`/`v` form of `tabledata.list` and queries. */
function encodeRow(row: Readonly<Record<string, unknown>>, fields: readonly BigQueryField[]): unknown {
  return { f: fields.map((field) => ({ v: encodeValue(row[field.name], field) })) };
}

function encodeValue(value: unknown, field: BigQueryField): unknown {
  if (value === null || value === undefined) return field.mode === 'REPEATED' ? [] : null;
  if (Array.isArray(value)) return value.map((item) => ({ v: encodeValue(item, { ...field, mode: 'NULLABLE' }) }));
  if (isRecord(value)) return encodeRow(value, field.fields ?? []);
  if (field.type.toUpperCase() === 'TIMESTAMP' && typeof value === 'string') {
    // Queries through the Node client ask for whole microseconds since the epoch.
    return String(BigInt(Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(value) ? value : `${value}Z`)) * 1000n);
  }
  return String(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
