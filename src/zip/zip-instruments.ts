import { type Attributes, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import type { ZipMetrics } from './zip-result.ts';

type ZipInstruments = Readonly<Record<keyof ZipMetrics, Histogram>>;

// The API has no stand-in for a meter provider that is registered later, so the provider is asked anew for each ZIP.
const instrumentsOf = new WeakMap<MeterProvider, ZipInstruments>();

/** Records the figures of one archive as histograms; a figure that is unknown is left out. */
export function recordZipMetrics(figures: Partial<ZipMetrics>, failure: string | undefined): void {
  const provider = metrics.getMeterProvider();
  const instruments = instrumentsOf.get(provider) ?? createInstruments(provider);
  instrumentsOf.set(provider, instruments);
  const attributes: Attributes = failure === undefined ? {} : { [ATTRIBUTE_KEYS.errorType]: failure };
  const record = (key: keyof ZipMetrics): void => {
    const value = figures[key];
    if (value !== undefined) instruments[key].record(value, attributes);
  };
  record('generationTimeMillis');
  record('parallelDownloadTimeMillis');
  record('maxWorkersUsed');
  record('filesIncluded');
  record('filesMissing');
  record('totalSizeBytes');
}

function createInstruments(provider: MeterProvider): ZipInstruments {
  const meter = provider.getMeter('spanledger');
  const create = (name: string, unit: string, description: string): Histogram =>
    meter.createHistogram(`spanledger.zip.${name}`, { unit, description });
  return {
    generationTimeMillis: create('generation_time', 'ms', 'From the call to the last byte of the archive'),
    parallelDownloadTimeMillis: create('download_time', 'ms', 'From the first start to the last end of a download'),
    maxWorkersUsed: create('workers', '{download}', 'Most downloads at the same time'),
    filesIncluded: create('files_included', '{file}', 'Entries of the archive'),
    filesMissing: create('files_missing', '{file}', 'Entries that were asked for and are not in the archive'),
    totalSizeBytes: create('size', 'By', 'Length of the archive'),
  };
}
