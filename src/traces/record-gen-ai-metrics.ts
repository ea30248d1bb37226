import { type Attributes, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { rememberByObject } from '../base/remember-by-object.ts';
import type { ModelCallReading, TurnReading } from '../record/turn-reading.ts';

/** Bucket boundaries that the conventions ask for. Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ */
const TOKEN_BUCKETS = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const SECONDS_BUCKETS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_CHUNK_BUCKETS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const NANOS_PER_SECOND = 1e9;

interface Instruments {
  readonly tokenUsage: Histogram;
  readonly duration: Histogram;
  readonly timeToFirstChunk: Histogram;
}

/**
 * Tells the host's meter provider of the model calls of a finished turn, by the names of the GenAI conventions: tokens,
 * duration, time to the first chunk. Costs next to nothing where the host has no provider. To be called once a turn,
 * not for its amendments. Never throws.
 */
export function recordGenAiMetrics(reading: TurnReading): void {
  try {
    // Looked up each time: the API hands out no-op meters for good until a provider is registered, which may be late.
    const instruments = instrumentsOf(metrics.getMeterProvider());
    for (const call of reading.modelCalls) recordCall(instruments, call);
    for (const sum of reading.callSums) recordTokens(instruments, sum);
  } catch {
    // The host's telemetry must not disturb the rows.
  }
}

function recordTokens({ tokenUsage }: Instruments, call: ModelCallReading): void {
  const attributes = attributesOf(call);
  const { usage } = call;
  if (typeof usage?.prompt === 'number')
    tokenUsage.record(usage.prompt, { ...attributes, 'gen_ai.token.type': 'input' });
  if (typeof usage?.candidates === 'number') {
    // The conventions count reasoning as output.
    const output = usage.candidates + (usage.thoughts ?? 0);
    tokenUsage.record(output, { ...attributes, 'gen_ai.token.type': 'output' });
  }
}

function recordCall(instruments: Instruments, call: ModelCallReading): void {
  recordTokens(instruments, call);
  const { duration, timeToFirstChunk } = instruments;
  const attributes = attributesOf(call);
  const { span, timeToFirstTokenMs } = call;
  if (span.endTimeUnixNano !== undefined && span.endTimeUnixNano >= span.startTimeUnixNano) {
    const failed = call.error === undefined ? {} : { [ATTRIBUTE_KEYS.errorType]: errorTypeOf(call) };
    const seconds = Number(span.endTimeUnixNano - span.startTimeUnixNano) / NANOS_PER_SECOND;
    duration.record(seconds, { ...attributes, ...failed });
  }
  if (timeToFirstTokenMs !== undefined) timeToFirstChunk.record(timeToFirstTokenMs / 1_000, attributes);
}

function attributesOf({ span, provider, requestModel, responseModel }: ModelCallReading): Attributes {
  return {
    [ATTRIBUTE_KEYS.operationName]: textOr(span.attributes[ATTRIBUTE_KEYS.operationName], 'chat'),
    [ATTRIBUTE_KEYS.providerName]: provider ?? '_OTHER',
    ...(requestModel !== undefined && { [ATTRIBUTE_KEYS.requestModel]: requestModel }),
    ...(responseModel !== undefined && { [ATTRIBUTE_KEYS.responseModel]: responseModel }),
  };
}

/** Of few values, as an attribute of a metric must be: never the message. */
function errorTypeOf({ span }: ModelCallReading): string {
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes['exception.type'];
  return textOr(span.attributes[ATTRIBUTE_KEYS.errorType] ?? exception, '_OTHER');
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}

const instrumentsOf = rememberByObject((provider: MeterProvider): Instruments => {
  const meter = provider.getMeter('spanledger');
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]): Histogram =>
    meter.createHistogram(`gen_ai.client.${name}`, { unit, description, advice: { explicitBucketBoundaries } });
  const firstChunk = 'Time to receive the first chunk of a streamed response.';
  return {
    tokenUsage: histogram('token.usage', '{token}', 'Number of input and output tokens used.', TOKEN_BUCKETS),
    duration: histogram('operation.duration', 's', 'GenAI operation duration.', SECONDS_BUCKETS),
    timeToFirstChunk: histogram('operation.time_to_first_chunk', 's', firstChunk, FIRST_CHUNK_BUCKETS),
  };
});
