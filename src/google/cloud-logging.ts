/**
 * The fallback in Cloud Logging: the whole of a row that BigQuery did not take, in the log
 * `conversation_tracking_fallback`, from where replay brings it back. Goes through the client's own service object, because its
 * `log.write` adds an entry of its own, retries for ten minutes and cannot be given up.
 */
import { describeError } from '../base/errors.ts';
import { importPackage } from '../base/import-package.ts';
import { property } from '../base/json-value.ts';
import type { FallbackEntry, FallbackOutcome, FallbackWriter } from '../delivery/fallback-writer.ts';
import { withoutTracing } from '../traces/without-tracing.ts';
import { buildStruct, parseStruct } from './protobuf-struct.ts';

/** The log that operators of the earlier system know. */
export const FALLBACK_LOG = 'conversation_tracking_fallback';

export interface CloudLoggingOptions {
  /** Default: the project of the credentials. */
  readonly projectId?: string | undefined;
  /** E.g. `https://logging.europe-west3.rep.googleapis.com`. Default: Google's global one. */
  readonly endpoint?: string | undefined;
  /** Passed to the official client as they are, e.g. `keyFilename`, `apiEndpoint`, `sslCreds`. */
  readonly clientOptions?: Readonly<Record<string, unknown>>;
}

/** gRPC code of a request or an entry that can never be accepted as it is. */
const INVALID_ARGUMENT = 3;
const CALL_TIMEOUT_MILLIS = 60_000;
const PAGE_SIZE = 1_000;

type LoggingClient = InstanceType<typeof import('@google-cloud/logging')['v2']['LoggingServiceV2Client']>;

interface Connection {
  readonly client: LoggingClient;
  readonly projectId: string;
}

/**
 * Loads the official client and makes the writer.
 *
 * @throws MissingPackageError where `@google-cloud/logging` is not installed
 */
export async function createCloudLoggingWriter(options: CloudLoggingOptions): Promise<FallbackWriter> {
  const { client, projectId } = await connect(options);
  const send = async (entries: readonly FallbackEntry[], signal: AbortSignal): Promise<FallbackOutcome | 'invalid'> => {
    const request = {
      logName: `projects/${projectId}/logs/${FALLBACK_LOG}`,
      resource: { type: 'global', labels: { project_id: projectId } },
      entries: entries.map((entry) => buildLogEntry(entry, projectId)),
    };
    try {
      // No retries of the client's own: the lane knows when.
      const call = withoutTracing(() => client.writeLogEntries(request, { timeout: CALL_TIMEOUT_MILLIS, retry: null }));
      await abortable(call, signal);
      return { status: 'answered', failed: new Set() };
    } catch (error) {
      return property(error, 'code') === INVALID_ARGUMENT
        ? 'invalid'
        : { status: 'unavailable', reason: describeError(error) };
    }
  };
  return {
    async write(entries, signal) {
      const outcome = await send(entries, signal);
      if (outcome !== 'invalid') return outcome;
      // One of them is bad: alone, the good ones pass. Those that were written already have the same insert id.
      const failed = new Set<number>();
      for (const [index, entry] of entries.entries()) {
        const alone = await send([entry], signal);
        if (alone === 'invalid') failed.add(index);
        else if (alone.status === 'unavailable') return alone;
      }
      return { status: 'answered', failed };
    },
    close: () => client.close(),
  };
}

/** A log entry as `gcloud logging read --format=json` writes it, as far as replay reads it. */
export type LoggedEntry = {
  readonly jsonPayload: Readonly<Record<string, unknown>> | undefined;
  readonly textPayload: string | undefined;
};

export interface ReadFallbackOptions extends CloudLoggingOptions {
  /** In the language of Cloud Logging, beside the log's name. */
  readonly filter?: string | undefined;
  /** RFC 3339, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The entries of the fallback log, oldest first.
 *
 * @throws MissingPackageError where `@google-cloud/logging` is not installed; the client's error where reading fails
 */
export async function* readFallbackLog(options: ReadFallbackOptions): AsyncGenerator<LoggedEntry> {
  const { client, projectId } = await connect(options);
  const { from, to, filter } = options;
  const conditions = [
    `logName="projects/${projectId}/logs/${FALLBACK_LOG}"`,
    from && `timestamp>="${from}"`,
    to && `timestamp<="${to}"`,
    filter && `(${filter})`,
  ];
  try {
    const entries = client.listLogEntriesAsync(
      {
        resourceNames: [`projects/${projectId}`],
        filter: conditions.filter(Boolean).join(' AND '),
        orderBy: 'timestamp asc',
        pageSize: PAGE_SIZE,
      },
      { autoPaginate: false },
    );
    for await (const entry of entries) {
      const { jsonPayload, textPayload } = entry;
      yield { jsonPayload: jsonPayload ? parseStruct(jsonPayload) : undefined, textPayload: textPayload ?? undefined };
    }
  } finally {
    await client.close();
  }
}

async function connect(options: CloudLoggingOptions): Promise<Connection> {
  const { v2 } = await importPackage(
    '@google-cloud/logging',
    'The fallback to Cloud Logging',
    () => import('@google-cloud/logging'),
  );
  const client = new v2.LoggingServiceV2Client({
    ...options.clientOptions,
    ...(options.projectId !== undefined && { projectId: options.projectId }),
    ...(options.endpoint !== undefined && hostOf(options.endpoint)),
  });
  // Every call starts this once more and rethrows its failure where nobody catches it: without credentials the host would
  // end with an unhandled rejection.
  await client.initialize();
  return { client, projectId: options.projectId ?? (await client.getProjectId()) };
}

/** gRPC takes a host and a port in place of a URL. */
function hostOf(endpoint: string): { readonly apiEndpoint: string; readonly port: number } {
  const { hostname, port } = new URL(endpoint);
  return { apiEndpoint: hostname, port: port === '' ? 443 : Number(port) };
}

function buildLogEntry(entry: FallbackEntry, projectId: string): Record<string, unknown> {
  return {
    insertId: entry.insertId,
    severity: entry.severity,
    // Seconds and nanoseconds apart: the client's own conversion of a `Date` drifts.
    timestamp: {
      seconds: Math.floor(entry.timestampMillis / 1_000),
      nanos: (entry.timestampMillis % 1_000) * 1_000_000,
    },
    jsonPayload: buildStruct(entry.payload),
    ...(entry.traceId !== undefined && { trace: `projects/${projectId}/traces/${entry.traceId}` }),
    ...(entry.spanId !== undefined && { spanId: entry.spanId }),
    ...(entry.sampled !== undefined && { traceSampled: entry.sampled }),
  };
}

async function abortable(call: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const cancel = (): void => {
    if ('cancel' in call && typeof call.cancel === 'function') call.cancel();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await call;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
