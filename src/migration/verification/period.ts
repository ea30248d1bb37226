/** Whole days, UTC, both ends included: `YYYY-MM-DD`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY_MILLIS = 86_400_000;

/** @param until the last day, `YYYY-MM-DD` */
export function buildPeriod(until: string, days: number): Period {
  return { from: shiftDay(until, 1 - days), to: until };
}

/** The period of the same length before. */
export function previousPeriod(period: Period): Period {
  return buildPeriod(shiftDay(period.from, -1), countDays(period));
}

export function countDays({ from, to }: Period): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MILLIS) + 1;
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MILLIS).toISOString().slice(0, 10);
}
