const NANOS_PER_MILLI = 1_000_000n;
const NANOS_PER_MICRO = 1_000n;
// BigQuery's TIMESTAMP holds the years 1 to 9999.
const FIRST_TIMESTAMP = '0001-01-01T00:00:00.000000Z';
const LAST_TIMESTAMP = '9999-12-31T23:59:59.999999Z';
const FIRST_MILLI = BigInt(Date.parse(FIRST_TIMESTAMP));
const LAST_MILLI = BigInt(Date.parse(LAST_TIMESTAMP));

/** The time columns of a row that follow from the start of its turn. */
export interface RowTime {
  readonly timestamp: string;
  readonly date_partition: string | null;
  readonly hour_of_day: number | null;
  readonly day_of_week: number | null;
  readonly start_timestamp: string | null;
}

/**
 * Time columns for the start of a turn. A start outside of BigQuery's years leaves them NULL, and puts the nearest
 * time that can be stored into the required `timestamp`: a NULL `start_timestamp` tells such rows.
 */
export function buildRowTime(startUnixNano: bigint): RowTime {
  const start = formatTimestamp(startUnixNano);
  if (start === null) {
    return {
      timestamp: startUnixNano < 0n ? FIRST_TIMESTAMP : LAST_TIMESTAMP,
      date_partition: null,
      hour_of_day: null,
      day_of_week: null,
      start_timestamp: null,
    };
  }
  const date = new Date(Number(floorDivide(startUnixNano, NANOS_PER_MILLI)));
  return {
    timestamp: start,
    date_partition: start.slice(0, 10),
    hour_of_day: date.getUTCHours(),
    day_of_week: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
    start_timestamp: start,
  };
}

/**
 * RFC 3339 text in UTC with microseconds, which sorts like the time itself; NULL outside of the years 1 to 9999.
 * Finer digits are cut off.
 */
export function formatTimestamp(unixNano: bigint): string | null {
  const millis = floorDivide(unixNano, NANOS_PER_MILLI);
  if (millis < FIRST_MILLI || millis > LAST_MILLI) return null;
  const micros = floorDivide(unixNano, NANOS_PER_MICRO) - millis * 1_000n;
  return `${new Date(Number(millis)).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

/** Whole milliseconds between two times, rounded down; NULL where the end is before the start. */
export function elapsedMillis(startUnixNano: bigint, endUnixNano: bigint | undefined): number | null {
  if (endUnixNano === undefined || endUnixNano < startUnixNano) return null;
  const millis = Number((endUnixNano - startUnixNano) / NANOS_PER_MILLI);
  return Number.isSafeInteger(millis) ? millis : null;
}

/** Unlike `/`, rounds down also before 1970. */
function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}
