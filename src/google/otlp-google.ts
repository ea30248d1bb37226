import { resourceFromAttributes } from '@opentelemetry/resources';
import { systemClock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { importPackage } from '../base/import-package.ts';
import { rememberByObject } from '../base/remember-by-object.ts';
import type { ExportResult, ReadableSpan, Resource, SpanExporter } from '../base/sdk-types.ts';
import { copySpan } from '../traces/copy-span.ts';

/** What is needed of google-auth-library's `GoogleAuth`. */
export interface GoogleCredentials {
  /** Headers that authorise a request to `url`; refreshes the token where it is about to expire. */
  getRequestHeaders(url: string): Promise<Headers>;
  getProjectId(): Promise<string>;
}

export interface OtlpGoogleOptions {
  /** Google Cloud project that the spans belong to. Default: that of the credentials. */
  readonly project: string | undefined;
  /** Base URL of the Telemetry API, e.g. a regional one. Default: `https://telemetry.googleapis.com`. */
  readonly endpoint: string | undefined;
  /** Default: Application Default Credentials. */
  readonly credentials: GoogleCredentials | undefined;
}

const DEFAULT_ENDPOINT = 'https://telemetry.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** The metadata server answers in milliseconds or never. */
const CREDENTIALS_TIMEOUT_MILLIS = 10_000;
/** Resource attribute by which the Telemetry API finds the project. */
const PROJECT_ATTRIBUTE = 'gcp.project_id';

/**
 * OTLP over HTTP to Google Cloud's Telemetry API: its traces are those of Cloud Trace, without the limits of Cloud
 * Trace's own API.
 *
 * @throws {MissingPackageError} where google-auth-library is not installed
 */
export async function loadOtlpGoogleExporter(options: OtlpGoogleOptions): Promise<SpanExporter> {
  const [{ OTLPTraceExporter }, { CompressionAlgorithm }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/otlp-exporter-base'),
  ]);
  const credentials = options.credentials ?? (await loadCredentials(options.project));
  const project = options.project ?? (await ask(() => credentials.getProjectId()));
  const url = `${(options.endpoint ?? DEFAULT_ENDPOINT).replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({
    url,
    compression: CompressionAlgorithm.GZIP,
    headers: async () => Object.fromEntries(await ask(() => credentials.getRequestHeaders(url))),
  });
  const inProject = rememberByObject((resource: Resource) =>
    resourceFromAttributes({ ...resource.attributes, [PROJECT_ATTRIBUTE]: project }),
  );
  return {
    export: (spans: ReadableSpan[], callback: (result: ExportResult) => void) =>
      exporter.export(
        spans.map((span) => copySpan(span, { resource: inProject(span.resource) })),
        callback,
      ),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

async function loadCredentials(project: string | undefined): Promise<GoogleCredentials> {
  const { GoogleAuth } = await importPackage(
    'google-auth-library',
    'traces.exporter: otlp-google',
    () => import('google-auth-library'),
  );
  return new GoogleAuth({ scopes: SCOPE, ...(project !== undefined && { projectId: project }) });
}

async function ask<T>(credentials: () => Promise<T>): Promise<T> {
  const options = { clock: systemClock, timeoutMillis: CREDENTIALS_TIMEOUT_MILLIS };
  const answer = await withDeadline(options, credentials);
  if (answer.status === 'done') return answer.value;
  throw new Error(`Google Cloud credentials: ${answer.reason}`);
}
