import { describe, expect, it } from 'vitest';
import { parseBatchLimits } from '../../src/traces/batch-limits.ts';

describe('parseBatchLimits', () => {
  it.each([
    [{}, {}],
    [
      { OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: ' 10 ' },
      { maxQueueSize: 100, maxBatchSize: 10 },
    ],
    [
      { OTEL_BSP_SCHEDULE_DELAY: '250', OTEL_BSP_EXPORT_TIMEOUT: '9000' },
      { delayMillis: 250, exportTimeoutMillis: 9_000 },
    ],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: '-1', OTEL_BSP_SCHEDULE_DELAY: 'soon', OTEL_BSP_EXPORT_TIMEOUT: '1e99' }, {}],
  ])('reads %j', (env, limits) => {
    expect(parseBatchLimits(env)).toEqual(limits);
  });
});
