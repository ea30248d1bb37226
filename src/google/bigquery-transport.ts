/**
 * The wire to BigQuery: `tabledata.insertAll` with the official client's endpoint and credentials, sent by Node's `fetch`.
 * Not by the client's `table.insert` or `table.request`: those replace `{{projectId}}` inside users' text, copy every row
 * twice, cannot be aborted, ignore time-outs and `Retry-After`, retry with new insert ids, and take a page for an answer;
 * and the HTTP library below them throws an uncaught error where a request is aborted before it was sent. Rows travel as
 * the JSON text that the outbox holds, byte for byte.
 */

import { describeError } from '../base/errors.ts';
import { importPackage } from '../base/import-package.ts';
import { isObject } from '../base/json-value.ts';
import { type HttpAnswer, parseInsertAnswer } from '../delivery/bigquery-answer.ts';
import type { InsertRow, InsertTransport } from '../delivery/insert-transport.ts';
import type { TableName } from '../delivery/row-sink.ts';
import { bigQueryName } from '../store/bigquery-name.ts';
import { withoutTracing } from '../traces/without-tracing.ts';

export interface BigQueryTransportOptions {
  /** Default: the project of the credentials. */
  readonly projectId?: string | undefined;
  readonly datasetId: string;
  /** Name of the table of the rows; the others are named after it. */
  readonly table: string;
  /** E.g. `http://127.0.0.1:9050`. Without credentials of its own a plain HTTP endpoint is called without any. */
  readonly apiEndpoint?: string | undefined;
  /** Passed to the official client as they are, e.g. `keyFilename`, `credentials`, `authClient`. */
  readonly clientOptions?: Readonly<Record<string, unknown>>;
}

interface Connection {
  /** Of the credentials, for this URL. */
  readonly authorize: (url: string) => Promise<Headers>;
  /** E.g. `https://bigquery.googleapis.com/bigquery/v2/projects/my-project/datasets/chat_analytics`. */
  readonly datasetUrl: string;
}

/**
 * Loads the official client and makes the transport.
 *
 * @throws MissingPackageError where `@google-cloud/bigquery` is not installed
 */
export async function createBigQueryTransport(options: BigQueryTransportOptions): Promise<InsertTransport> {
  let connection: Connection | undefined = await openConnection(options);
  const request = async (path: string, init: RequestInit): Promise<HttpAnswer> => {
    connection ??= await openConnection(options);
    const { authorize, datasetUrl } = connection;
    const url = `${datasetUrl}${path}`;
    const headers = await withoutTracing(() => authorize(url));
    if (init.body !== undefined) headers.set('content-type', 'application/json');
    const response = await withoutTracing(() => fetch(url, { ...init, headers, redirect: 'error' }));
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after') ?? undefined,
      body: await response.text(),
    };
  };
  const pathOf = (table: TableName): string => `/tables/${encodeURIComponent(bigQueryName(options.table, table))}`;
  return {
    async insert(table, rows, signal) {
      try {
        const body = renderInsertBody(rows);
        const answer = await request(`${pathOf(table)}/insertAll`, { method: 'POST', body, signal });
        // The next request looks for credentials anew.
        if (answer.status === 401) connection = undefined;
        return parseInsertAnswer(answer, rows.length, Date.now());
      } catch (error) {
        return { status: 'unavailable', reason: describeCause(error) };
      }
    },
    async columns(table, signal) {
      try {
        const answer = await request(`${pathOf(table)}?fields=schema`, { signal });
        return answer.status === 200 ? readColumnPaths(JSON.parse(answer.body)) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

async function openConnection(options: BigQueryTransportOptions): Promise<Connection> {
  const { BigQuery } = await importPackage(
    '@google-cloud/bigquery',
    'Writing to BigQuery',
    () => import('@google-cloud/bigquery'),
  );
  const client = new BigQuery({
    ...options.clientOptions,
    ...(options.projectId !== undefined && { projectId: options.projectId }),
    ...(options.apiEndpoint !== undefined && { apiEndpoint: options.apiEndpoint }),
  });
  const isPlain = client.baseUrl.startsWith('http://') && options.clientOptions === undefined;
  const projectId = options.projectId ?? (await client.getProjectId());
  return {
    authorize: async (url) => new Headers(isPlain ? {} : await client.authClient.getRequestHeaders(url)),
    datasetUrl: `${client.baseUrl}/projects/${encodeURIComponent(projectId)}/datasets/${encodeURIComponent(options.datasetId)}`,
  };
}

/** One bad row does not hold up the others of its request: the service stores those and names the bad ones. */
function renderInsertBody(rows: readonly InsertRow[]): string {
  const rendered = rows.map(({ insertId, json }) => `{"insertId":${JSON.stringify(insertId)},"json":${json}}`);
  return `{"skipInvalidRows":true,"rows":[${rendered.join(',')}]}`;
}

/** Lower-case dotted paths of every column of a table resource. */
function readColumnPaths(resource: unknown): ReadonlySet<string> | undefined {
  const paths = new Set<string>();
  const collect = (fields: unknown, prefix: string): void => {
    if (!Array.isArray(fields)) return;
    for (const field of fields as unknown[]) {
      if (!isObject(field) || typeof field.name !== 'string') continue;
      const path = `${prefix}${field.name.toLowerCase()}`;
      paths.add(path);
      collect(field.fields, `${path}.`);
    }
  };
  if (isObject(resource) && isObject(resource.schema)) collect(resource.schema.fields, '');
  return paths.size === 0 ? undefined : paths;
}

/** `fetch` says only that it failed; its cause says why. */
function describeCause(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? `${describeError(error)}: ${describeError(error.cause)}`
    : describeError(error);
}
