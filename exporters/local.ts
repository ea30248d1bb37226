import { TraceSpanExporter, type TraceSpanExporterOptions } from '../src/start/trace-span-exporter.ts';

export type LocalSpanExporterOptions = TraceSpanExporterOptions;

/**
 * Spans into the local store, an SQLite file, where the report reads them. No message content unless the settings
 * `traces.content` ask for it.
 *
 * @example
 * const exporter = new LocalSpanExporter({ settings: { localPath: '.spanledger/spanledger.db' } });
 * new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter)] }).start();
 */
export class LocalSpanExporter extends TraceSpanExporter {
  /** @throws {ConfigurationError} on a setting that cannot be used */
  constructor(options: LocalSpanExporterOptions = {}) {
    super('local', options);
  }
}
