import type { Diagnostics } from '../base/diagnostics.ts';
import type { SpanExporter } from '../base/sdk-types.ts';
import type { TraceExporterName } from '../config/setting-values.ts';
import type { CloudTraceOptions } from '../google/cloud-trace.ts';
import type { GoogleCredentials } from '../google/otlp-google.ts';
import type { ContentPolicyConfig } from '../privacy/content-policy.ts';
import type { OtlpProtocol } from '../traces/otlp-protocol.ts';
import type { SpanOutlet } from '../traces/span-export-queue.ts';

export interface SpanOutletConfig {
  /** What of the content may reach a trace backend. */
  readonly content: ContentPolicyConfig;
  readonly project: string | undefined;
  /** SQLite file of the exporter `local`. */
  readonly localPath: string;
  /** Base URL of the Telemetry API. Default: Google's global one. */
  readonly telemetryEndpoint: string | undefined;
  /** For `otlp-google`. Default: Application Default Credentials. */
  readonly googleCredentials?: GoogleCredentials | undefined;
  /** Options of Google's own exporter, for `cloud-trace`. */
  readonly cloudTrace?: CloudTraceOptions | undefined;
  readonly diagnostics: Diagnostics;
}

/**
 * The exporter of that name, and the copy of a span that it may see.
 *
 * @throws {MissingPackageError} where its package is not installed
 */
export async function loadSpanOutlet(
  name: Exclude<TraceExporterName, 'none'>,
  config: SpanOutletConfig,
  protocol: OtlpProtocol,
): Promise<SpanOutlet> {
  const [{ createContentPolicy }, { TraceContentFilter }, exporter] = await Promise.all([
    import('../privacy/content-policy.ts'),
    import('../traces/apply-content-policy.ts'),
    loadExporter(name, config, protocol),
  ]);
  const filter = new TraceContentFilter(createContentPolicy(config.content));
  if (name !== 'cloud-trace') return { exporter, prepare: (span) => filter.apply(span) };
  const { fitForCloudTrace } = await import('../traces/fit-for-cloud-trace.ts');
  return { exporter, prepare: (span) => fitForCloudTrace(filter.apply(span)) };
}

async function loadExporter(
  name: Exclude<TraceExporterName, 'none'>,
  config: SpanOutletConfig,
  protocol: OtlpProtocol,
): Promise<SpanExporter> {
  const { project } = config;
  switch (name) {
    case 'otlp-google': {
      const { loadOtlpGoogleExporter } = await import('../google/otlp-google.ts');
      const { telemetryEndpoint: endpoint, googleCredentials: credentials } = config;
      return loadOtlpGoogleExporter({ project, endpoint, credentials });
    }
    case 'cloud-trace': {
      const { loadCloudTraceExporter } = await import('../google/cloud-trace.ts');
      return loadCloudTraceExporter({ ...(project !== undefined && { projectId: project }), ...config.cloudTrace });
    }
    case 'otlp': {
      const { loadOtlpExporter } = await import('../traces/otlp-exporter.ts');
      return loadOtlpExporter(protocol);
    }
    case 'local': {
      const { loadLocalSpansExporter } = await import('../traces/local-exporter.ts');
      return loadLocalSpansExporter(config.localPath);
    }
    case 'console': {
      const { createConsoleExporter } = await import('../traces/console-exporter.ts');
      return createConsoleExporter(config.diagnostics);
    }
  }
}
