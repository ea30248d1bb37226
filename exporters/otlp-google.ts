import type { GoogleCredentials } from '../src/google/otlp-google.ts';
import { TraceSpanExporter, type TraceSpanExporterOptions } from '../src/start/trace-span-exporter.ts';

export interface OtlpGoogleSpanExporterOptions extends TraceSpanExporterOptions {
  /** Default: Application Default Credentials, which need the package `google-auth-library`. */
  readonly credentials?: GoogleCredentials | undefined;
}

/**
 * Spans to Google Cloud's Telemetry API (OTLP), whose traces are those of Cloud Trace. No message content unless the
 * settings `traces.content` ask for it.
 *
 * @example
 * const exporter = new OtlpGoogleSpanExporter({ settings: { project: 'my-project' } });
 * new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter)] }).start();
 */
export class OtlpGoogleSpanExporter extends TraceSpanExporter {
  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(options: OtlpGoogleSpanExporterOptions = {}) {
    super('otlp-google', options, { googleCredentials: options.credentials });
  }
}
