import { TurnSpanExporter, type TurnSpanExporterOptions } from '../src/start/turn-span-exporter.ts';

export type BigQuerySpanExporterOptions = TurnSpanExporterOptions;

/**
 * A plain OpenTelemetry span exporter that makes a row of each finished span tree and writes it where the settings say,
 * for set-ups that take nothing but exporters: rules, content policy, store and live switch are those of `start`. Put it
 * behind a `BatchSpanProcessor` with a queue that holds your bursts: what that one drops never arrives here.
 * `createSpanledger` needs no queue, waits for spans that are open and amends rows for late ones; prefer it where you can.
 *
 * @example
 * const exporter = new BigQuerySpanExporter({ settings: { project: 'my-project' } });
 * new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter)] }).start();
 */
export class BigQuerySpanExporter extends TurnSpanExporter {}
