/**
 * What the command line asks of BigQuery: tables and views for `spanledger init`, queries for people. Rows go another
 * way, through the transport.
 */

import type { BigQuery, Dataset, Table } from '@google-cloud/bigquery';
import { importPackage } from '../base/import-package.ts';
import { isArray, isObject, nonEmptyString, property, propertyAt } from '../base/json-value.ts';
import type { QueryParameters } from '../delivery/store-reader.ts';
import type { TableDefinition } from '../record/column.ts';
import { renderBigQueryLatestView } from '../store/bigquery-ddl.ts';
import { bigQueryName } from '../store/bigquery-name.ts';
import { renderBigQueryTable } from '../store/bigquery-schema.ts';
import { extendBigQueryFields, type PresentField } from '../store/extend-bigquery-fields.ts';
import type { SchemaChange } from '../store/schema-change.ts';
import { LATEST_VIEW, LEDGER_TABLES } from '../store/tables.ts';
import { BytesBilledError } from './bytes-billed-error.ts';

export interface BigQueryAdminOptions {
  /** Default: the project of the credentials. */
  readonly projectId?: string | undefined;
  readonly dataset: string;
  /** Name of the table of the rows; the others are named after it. */
  readonly table: string;
  /** Where a dataset is created and queries run, e.g. `EU`. Default: BigQuery's own. */
  readonly location?: string | undefined;
  /** E.g. `https://bigquery.europe-west3.rep.googleapis.com`. Default: Google's global one. */
  readonly endpoint?: string | undefined;
  /** Most bytes that a query may be billed for. Default: what the project allows. */
  readonly maxBytesBilled?: number | undefined;
}

/** A value of a query's answer: dates and times as text. */
export type QueryRow = Readonly<Record<string, unknown>>;

export interface BigQueryAdmin {
  /** `project.dataset`, for people. */
  readonly name: string;
  /**
   * Creates what is missing and adds missing columns. Idempotent; nothing is removed or changed otherwise.
   *
   * @param dryRun only says what it would do
   * @throws what BigQuery refused, e.g. for want of a permission
   */
  init(dryRun: boolean): Promise<SchemaChange[]>;
  /** @throws {BytesBilledError} where it would read more than `maxBytesBilled` */
  query(sql: string, parameters?: QueryParameters): Promise<QueryRow[]>;
  /** Whether the account may insert rows into the table of the rows. */
  mayInsert(): Promise<boolean>;
}

/**
 * Connects with the application default credentials, or to `BIGQUERY_EMULATOR_HOST`.
 *
 * @throws {MissingPackageError} where `@google-cloud/bigquery` is not installed
 */
export async function openBigQueryAdmin(options: BigQueryAdminOptions): Promise<BigQueryAdmin> {
  const { BigQuery } = await importPackage(
    '@google-cloud/bigquery',
    'BigQuery',
    () => import('@google-cloud/bigquery'),
  );
  const own = {
    ...(options.projectId !== undefined && { projectId: options.projectId }),
    ...(options.endpoint !== undefined && { apiEndpoint: options.endpoint }),
  };
  const found = new BigQuery(own);
  const client = found.baseUrl.startsWith('http://') ? new BigQuery({ ...own, ...(await noCredentials()) }) : found;
  const projectId = options.projectId ?? (await client.getProjectId());
  return {
    name: `${projectId}.${options.dataset}`,
    init: (dryRun) => initDataset(client, { ...options, projectId }, dryRun),
    query: (sql, parameters = {}) => runQuery(client, options, sql, parameters),
    mayInsert: () => mayInsert(client, options),
  };
}

/** For an emulator: credentials would be looked for in vain, on the network. */
async function noCredentials(): Promise<Readonly<Record<string, unknown>>> {
  const { PassThroughClient } = await importPackage(
    'google-auth-library',
    'A BigQuery emulator',
    () => import('google-auth-library'),
  );
  return { authClient: new PassThroughClient() };
}

type ResolvedOptions = BigQueryAdminOptions & { readonly projectId: string };

async function initDataset(client: BigQuery, options: ResolvedOptions, dryRun: boolean): Promise<SchemaChange[]> {
  const { location, table } = options;
  const dataset = client.dataset(options.dataset);
  const changes: SchemaChange[] = [];
  const isThere = (await readMetadata(dataset)) !== undefined;
  if (!isThere && !dryRun) await orExists(dataset.create(location === undefined ? {} : { location }));
  changes.push({
    resource: `dataset ${options.projectId}.${options.dataset}`,
    action: isThere ? 'unchanged' : 'create',
    detail: '',
  });
  for (const definition of LEDGER_TABLES) {
    changes.push(await initTable(dataset, bigQueryName(table, definition.name), definition, dryRun));
  }
  const view = bigQueryName(table, LATEST_VIEW);
  changes.push(await initView(dataset, view, renderBigQueryLatestView(options, table), dryRun));
  return changes;
}

async function initTable(
  dataset: Dataset,
  name: string,
  definition: TableDefinition,
  dryRun: boolean,
): Promise<SchemaChange> {
  const resource = `table ${name}`;
  const wanted = renderBigQueryTable(definition);
  const table = dataset.table(name);
  const present = await readMetadata(table);
  if (present === undefined) {
    if (!dryRun) await orExists(dataset.createTable(name, wanted));
    return { resource, action: 'create', detail: '' };
  }
  const listed = propertyAt(present, 'schema', 'fields');
  const fieldsThere = isArray(listed) ? listed.filter(isField) : [];
  const { fields, added, conflicts } = extendBigQueryFields(fieldsThere, wanted.schema.fields);
  if (added.length > 0 && !dryRun) await table.setMetadata({ schema: { fields } });
  if (conflicts.length > 0) return { resource, action: 'conflict', detail: conflicts.join('; ') };
  const partition = propertyAt(present, 'timePartitioning', 'field');
  if (added.length > 0) return { resource, action: 'add-columns', detail: added.join(', ') };
  // An existing table cannot be partitioned afterwards; its rows are right all the same.
  const detail = partition === definition.partitionBy ? '' : `not partitioned by ${definition.partitionBy}`;
  return { resource, action: 'unchanged', detail };
}

async function initView(dataset: Dataset, name: string, query: string, dryRun: boolean): Promise<SchemaChange> {
  const resource = `view ${name}`;
  const view = { query, useLegacySql: false };
  const table = dataset.table(name);
  const present = await readMetadata(table);
  if (present === undefined) {
    if (!dryRun) await orExists(dataset.createTable(name, { view }));
    return { resource, action: 'create', detail: '' };
  }
  if (!isObject(present.view)) return { resource, action: 'conflict', detail: 'is a table, not a view' };
  if (present.view.query === query) return { resource, action: 'unchanged', detail: '' };
  if (!dryRun) await table.setMetadata({ view });
  return { resource, action: 'replace', detail: '' };
}

async function runQuery(
  client: BigQuery,
  { location, maxBytesBilled }: BigQueryAdminOptions,
  query: string,
  parameters: QueryParameters,
): Promise<QueryRow[]> {
  const params = Object.entries(parameters).map(([name, given]) => {
    if (typeof given !== 'object') return [name, given];
    return [name, given.type === 'DATE' ? client.date(given.value) : client.timestamp(given.value)];
  });
  const [rows] = await client
    .query({
      query,
      ...(params.length > 0 && { params: Object.fromEntries(params) }),
      ...(location !== undefined && { location }),
      ...(maxBytesBilled !== undefined && { maximumBytesBilled: String(maxBytesBilled) }),
    })
    .catch((error: unknown) => {
      throw maxBytesBilled === undefined ? error : (BytesBilledError.of(error, maxBytesBilled) ?? error);
    });
  // The client wraps dates and times in objects that hold their text.
  const plain = (value: unknown): unknown => nonEmptyString(property(value, 'value')) ?? value;
  return rows.map((row: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
  );
}

async function mayInsert(client: BigQuery, { dataset, table }: BigQueryAdminOptions): Promise<boolean> {
  const permission = 'bigquery.tables.updateData';
  const [granted] = await client.dataset(dataset).table(table).testIamPermissions([permission]);
  return granted.permissions?.includes(permission) === true;
}

async function readMetadata(resource: Dataset | Table): Promise<Record<string, unknown> | undefined> {
  try {
    const [metadata]: unknown[] = await resource.getMetadata();
    return isObject(metadata) ? metadata : {};
  } catch (error) {
    if (property(error, 'code') === 404) return undefined;
    throw error;
  }
}

/** Two `init` at once: what the other has created is there. */
async function orExists(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (property(error, 'code') !== 409) throw error;
  }
}

function isField(field: unknown): field is PresentField {
  return isObject(field) && typeof field.name === 'string';
}
