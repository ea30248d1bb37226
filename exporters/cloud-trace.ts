import type { CloudTraceOptions } from '../src/google/cloud-trace.ts';
import { TraceSpanExporter, type TraceSpanExporterOptions } from '../src/start/trace-span-exporter.ts';

export interface CloudTraceSpanExporterOptions extends TraceSpanExporterOptions {
  /** Options of Google's own exporter. */
  readonly cloudTrace?: CloudTraceOptions | undefined;
}

/**
 * Spans to Cloud Trace through Google's own exporter, which needs `@google-cloud/opentelemetry-cloud-trace-exporter`, cut
 * to its limits (32 attributes, 256 bytes a value). No message content unless the settings `traces.content` ask for it.
 * Its package is archived; `OtlpGoogleSpanExporter` brings the same traces.
 *
 * @example
 * const exporter = new CloudTraceSpanExporter({ settings: { project: 'my-project' } });
 * new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter)] }).start();
 */
export class CloudTraceSpanExporter extends TraceSpanExporter {
  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(options: CloudTraceSpanExporterOptions = {}) {
    super('cloud-trace', options, { cloudTrace: options.cloudTrace });
  }
}
