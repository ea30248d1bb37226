/** Limits of a queue of spans. The defaults are those of OpenTelemetry's batch processor. */
export interface BatchLimits {
  /** Spans that wait at most. Default: 2,048. */
  readonly maxQueueSize?: number;
  /** Spans in one export. Default: 512. */
  readonly maxBatchSize?: number;
  /** Time that a span waits for others. Default: 5,000. */
  readonly delayMillis?: number;
  /** For one export, with the credentials that it needs. Default: 30,000. */
  readonly exportTimeoutMillis?: number;
}

const VARIABLES: Readonly<Record<keyof BatchLimits, string>> = {
  maxQueueSize: 'OTEL_BSP_MAX_QUEUE_SIZE',
  maxBatchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  delayMillis: 'OTEL_BSP_SCHEDULE_DELAY',
  exportTimeoutMillis: 'OTEL_BSP_EXPORT_TIMEOUT',
};

/**
 * The limits that the environment sets; what is no positive whole number is left out.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor
 */
export function parseBatchLimits(env: Readonly<Record<string, string | undefined>>): BatchLimits {
  const limits = Object.entries(VARIABLES).flatMap(([limit, variable]) => {
    const text = env[variable]?.trim();
    return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? [[limit, Number(text)] as const] : [];
  });
  return Object.fromEntries(limits);
}
