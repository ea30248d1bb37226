import { type Meter, type MeterProvider, metrics, type ObservableResult } from '@opentelemetry/api';
import { rememberByObject } from '../base/remember-by-object.ts';
import type { SinkStats } from './row-sink.ts';

/** Name by the conventions' own metrics of SDK components. Source: https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/ */
const OPERATION_DURATION = 'otel.sdk.exporter.operation.duration';

/** One request to a destination. */
export interface DeliveryRequest {
  readonly destination: 'bigquery' | 'fallback';
  readonly durationMillis: number;
  /** Undefined where the destination answered. */
  readonly error: string | undefined;
}

/** Tells the host's meter provider of a request to BigQuery or to the fallback. Never throws. */
export function recordDeliveryRequest({ destination, durationMillis, error }: DeliveryRequest): void {
  try {
    const type = `spanledger_${destination}_exporter`;
    // Looked up each time: a provider may be registered late.
    durationOf(metrics.getMeterProvider()).record(durationMillis / 1_000, {
      'otel.component.type': type,
      'otel.component.name': `${type}/0`,
      ...(error !== undefined && { 'error.type': errorTypeOf(error) }),
    });
  } catch {
    // The host's telemetry must not disturb the rows.
  }
}

/**
 * Publishes a sink's books as `spanledger.row.*`, read when the host's reader collects. There is no convention for rows: the
 * names of exported spans and log records would count something else.
 */
export function observeSinkStats(stats: () => SinkStats): void {
  try {
    const meter = metrics.getMeterProvider().getMeter('spanledger');
    for (const name of ['received', 'stored', 'fallback'] as const) {
      counter(meter, name, (result) => result.observe(stats()[name]));
    }
    counter(meter, 'dropped', (result) => {
      for (const [reason, rows] of Object.entries(stats().dropped)) result.observe(rows, { 'error.type': reason });
    });
    meter
      .createObservableUpDownCounter('spanledger.row.pending', {
        unit: '{row}',
        description: 'Rows that wait for delivery.',
      })
      .addCallback((result) => result.observe(stats().pending));
  } catch {
    // The host's telemetry must not disturb the rows.
  }
}

const DESCRIPTIONS = {
  received: 'Rows handed to the sink.',
  stored: 'Rows confirmed by the store.',
  fallback: 'Rows that went to the fallback.',
  dropped: 'Rows given up, by reason.',
} as const;

function counter(meter: Meter, name: keyof typeof DESCRIPTIONS, callback: (result: ObservableResult) => void): void {
  meter
    .createObservableCounter(`spanledger.row.${name}`, { unit: '{row}', description: DESCRIPTIONS[name] })
    .addCallback(callback);
}

/** The status of an answer; of few values, as an attribute of a metric must be. */
function errorTypeOf(error: string): string {
  if (error.startsWith('no answer within')) return 'timeout';
  return /^\d{3}\b/.exec(error)?.[0] ?? '_OTHER';
}

const durationOf = rememberByObject((provider: MeterProvider) =>
  provider.getMeter('spanledger').createHistogram(OPERATION_DURATION, {
    unit: 's',
    description: 'The duration of exporting a batch of telemetry records.',
  }),
);
