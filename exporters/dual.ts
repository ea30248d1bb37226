import { resolveConfig } from '../src/config/resolve-config.ts';
import { TurnSpanExporter, type TurnSpanExporterOptions } from '../src/start/turn-span-exporter.ts';

export type DualSpanExporterOptions = TurnSpanExporterOptions;

/**
 * As `BigQuerySpanExporter`, for a migration: both mappings run side by side and each difference is a row of
 * `token_mismatches`, a log event and a count. Settings name the rest; a live value of `backend` (`legacy`, `solid`,
 * `dual`) takes effect at once. Where nothing names one it is `dual`.
 *
 * @example
 * const exporter = new DualSpanExporter({ settings: { project: 'my-project', legacyModule: './old-tracker.js' } });
 * new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter)] }).start();
 */
export class DualSpanExporter extends TurnSpanExporter {
  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(options: DualSpanExporterOptions = {}) {
    const isNamed = resolveConfig(options).sources.backend !== 'default';
    super(isNamed ? options : { ...options, settings: { ...options.settings, backend: 'dual' } });
  }
}
