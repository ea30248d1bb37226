import { importPackage } from '../base/import-package.ts';
import type { SpanExporter } from '../base/sdk-types.ts';

/** Options of `TraceExporter` of `@google-cloud/opentelemetry-cloud-trace-exporter`. */
export interface CloudTraceOptions {
  /** Default: the project of the environment. */
  readonly projectId?: string;
  /** `host` or `host:port`. Default: Google's. */
  readonly apiEndpoint?: string;
  /** File of a service account's key. Default: Application Default Credentials. */
  readonly keyFile?: string;
  readonly credentials?: { readonly client_email?: string; readonly private_key?: string };
}

/**
 * The exporter of Google's own package, for set-ups that use it.
 *
 * @throws {MissingPackageError} where it is not installed
 */
export async function loadCloudTraceExporter(options: CloudTraceOptions): Promise<SpanExporter> {
  const { TraceExporter } = await importPackage(
    '@google-cloud/opentelemetry-cloud-trace-exporter',
    'traces.exporter: cloud-trace',
    () => import('@google-cloud/opentelemetry-cloud-trace-exporter'),
  );
  return new TraceExporter(options);
}
