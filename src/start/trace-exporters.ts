import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ReadableSpan, SpanProcessor } from '../base/sdk-types.ts';
import type { TraceExporterName } from '../config/setting-values.ts';
import { parseBatchLimits } from '../traces/batch-limits.ts';
import { resolveOtlpProtocol } from '../traces/otlp-protocol.ts';
import { SpanExportQueue, type SpanExportStats, type SpanOutlet } from '../traces/span-export-queue.ts';
import { loadSpanOutlet, type SpanOutletConfig } from './load-span-outlet.ts';

export interface TraceExportersConfig extends SpanOutletConfig {
  readonly exporters: readonly TraceExporterName[];
  readonly env: Readonly<Record<string, string | undefined>>;
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
    const load = (): Promise<SpanOutlet> => loadSpanOutlet(name, config, protocol);
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

/** Said at start, so that nobody is surprised when the package is archived. */
function sayCloudTraceIsDeprecated(diagnostics: Diagnostics): void {
  diagnostics.warn(
    'cloud-trace-deprecated',
    'traces.exporter "cloud-trace" uses @google-cloud/opentelemetry-cloud-trace-exporter, which its makers archive ' +
      'after 30 October 2026. Change it to "otlp-google": the same traces, without the limits of 32 attributes and ' +
      '256 bytes. Enable telemetry.googleapis.com in the project and grant roles/telemetry.tracesWriter',
  );
}
