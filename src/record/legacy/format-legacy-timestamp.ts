const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MICRO = 1_000n;

/**
 * ISO 8601 in UTC without an offset, as Python's `datetime.isoformat()` writes it: microseconds, or no fraction where
 * it is zero. BigQuery reads it as UTC.
 */
export function formatLegacyTimestamp(unixNano: bigint): string {
  const inSecond = ((unixNano % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  const seconds = new Date(Number((unixNano - inSecond) / NANOS_PER_SECOND) * 1_000).toISOString().slice(0, -5);
  const micros = inSecond / NANOS_PER_MICRO;
  return micros === 0n ? seconds : `${seconds}.${String(micros).padStart(6, '0')}`;
}
