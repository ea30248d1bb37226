import { ExportResultCode } from '@opentelemetry/core';
import { createDiagnostics, type Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { ExportResult, ReadableSpan, SpanExporter } from '../base/sdk-types.ts';
import { type ConfigOptions, resolveConfig } from '../config/resolve-config.ts';
import { resolveContentPolicies } from '../config/resolve-content-policies.ts';
import type { RedactionFunction } from '../privacy/redactor.ts';
import type { SpanOutlet } from '../traces/span-export-queue.ts';
import { loadSpanOutlet, type SpanOutletConfig } from './load-span-outlet.ts';

export interface TraceSpanExporterOptions extends ConfigOptions {
  /** Mask what they find, after the configured detectors. One that throws removes the text. */
  readonly redactors?: readonly RedactionFunction[] | undefined;
  /** Where the exporter's own messages go. Default: one line a problem on standard error. */
  readonly diagnostics?: Diagnostics | undefined;
}

/**
 * One of the trace exporters by itself, for a host that has a provider and batches of its own. The settings
 * `traces.content` and `content.redact` hold here as well. Packages are loaded with the first export.
 */
export class TraceSpanExporter implements SpanExporter {
  readonly #load: () => Promise<SpanOutlet>;
  #loading: Promise<SpanOutlet> | undefined;

  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(
    name: 'otlp-google' | 'cloud-trace' | 'local',
    options: TraceSpanExporterOptions,
    own: Pick<SpanOutletConfig, 'googleCredentials' | 'cloudTrace'> = {},
  ) {
    const { values } = resolveConfig(options);
    const content = resolveContentPolicies(values, options.redactors).traces;
    const diagnostics = options.diagnostics ?? createDiagnostics({ level: values.logLevel });
    this.#load = () => loadSpanOutlet(name, { ...values, ...own, content, diagnostics }, 'http/protobuf');
  }

  /** A span that cannot be copied as the content policy asks fails the batch: nothing leaves unfiltered. */
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    this.#loading ??= this.#load();
    this.#loading
      .then(({ exporter, prepare }) => exporter.export(spans.map(prepare), resultCallback))
      .catch((error: unknown) => {
        resultCallback({ code: ExportResultCode.FAILED, error: new Error(describeError(error)) });
      });
  }

  async forceFlush(): Promise<void> {
    await (await this.#loaded())?.exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await (await this.#loaded())?.exporter.shutdown();
  }

  /** Undefined where nothing was exported, or the packages are missing: then there is nothing to flush. */
  #loaded(): Promise<SpanOutlet | undefined> {
    return this.#loading?.catch(() => undefined) ?? Promise.resolve(undefined);
  }
}
