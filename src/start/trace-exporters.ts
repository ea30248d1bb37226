import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { TraceExporterName } from '../config/setting-values.ts';
import type { CloudTraceOptions } from '../google/cloud-trace.ts';
import type { GoogleCredentials } from '../google/otlp-google.ts';
import type { ContentPolicyConfig } from '../privacy/content-policy.ts';
import { parseBatchLimits } from '../traces/batch-limits.ts';
import { type OtlpProtocol, resolveOtlpProtocol } from '../traces/otlp-protocol.ts';
import { SpanExportQueue, type SpanExportStats, type SpanOutlet } from '../traces/span-export-queue.ts';

export interface TraceExportersConfig {
  readonly exporters: readonly TraceExporterName[];
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
  readonly cloudTrace?: CloudTraceOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

export interface TraceExporters {
  /** One for each exporter, to be given to the tracer provider behind the turn processor. */
  readonly processors: readonly SpanProcessor[];
  /** Sends a finished span to every exporter, whatever its sampling decision was. */
  export(span: ReadableSpan): void;
  /** By the exporter's name. */
  stats(): Readonly<Record<string, SpanExportStats>>;
}

/**
 * The trace exporters of the setting `traces.exporter`. Their packages, and the content policy, are loaded with the
 * first span that is exported.
 *
 * @throws {ConfigurationError} for an OTLP protocol that does not exist
 */
export function createTraceExporters(config: TraceExportersConfig): TraceExporters {
  const { clock, diagnostics } = config;
  const queues = new Map<string, SpanExportQueue>();
  for (const name of new Set(config.exporters)) {
    if (name === 'none') continue;
    if (name === 'cloud-trace') sayCloudTraceIsDeprecated(diagnostics);
    const protocol = resolveOtlpProtocol(name === 'otlp' ? config.env : {});
    const load = (): Promise<SpanOutlet> => loadOutlet(name, config, protocol);
    queues.set(name, new SpanExportQueue({ ...parseBatchLimits(config.env), name, load, diagnostics, clock }));
  }
  return {
    processors: [...queues.values()],
    export(span) {
      for (const queue of queues.values()) queue.add(span);
    },
    stats: () => Object.fromEntries([...queues].map(([name, queue]) => [name, queue.stats()])),
  };
}

async function loadOutlet(
  name: Exclude<TraceExporterName, 'none'>,
  config: TraceExportersConfig,
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
  config: TraceExportersConfig,
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

/** Said at start, so that nobody is surprised when the package is archived. */
function sayCloudTraceIsDeprecated(diagnostics: Diagnostics): void {
  diagnostics.warn(
    'cloud-trace-deprecated',
    'traces.exporter "cloud-trace" uses @google-cloud/opentelemetry-cloud-trace-exporter, which its makers archive ' +
      'after 30 October 2026. Change it to "otlp-google": the same traces, without the limits of 32 attributes and ' +
      '256 bytes. Enable telemetry.googleapis.com in the project and grant roles/telemetry.tracesWriter',
  );
}
