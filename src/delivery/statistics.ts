/**
 * Says in one line a day, and in one at the end, what became of the rows: the lines that operators of the earlier system
 * look for. Looks at a sink's books from outside and touches no row.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { SinkStats } from './row-sink.ts';

/** Every time zone's midnight is on a quarter of an hour. */
const CHECK_MILLIS = 900_000;

export interface StatisticsOptions {
  readonly stats: () => SinkStats;
  /** IANA name of the time zone whose midnight ends a day, e.g. `America/Santiago`. */
  readonly timeZone: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

export interface Statistics {
  /** The last line, of all rows since the start; none where no row came. No line comes after it; safe to call twice. */
  finish(): void;
}

/** Begins the first day now. */
export function startStatistics(options: StatisticsOptions): Statistics {
  const { stats, clock, diagnostics } = options;
  const days = createDays(options);
  /** The day that runs, `YYYY-MM-DD`, and the books at its beginning. */
  let day = days.format(clock.now());
  let before = stats();
  let timer: Timer | undefined;
  const check = (): void => {
    const today = days.format(clock.now());
    // A clock that is set back does not begin yesterday again.
    if (today <= day) return;
    const now = stats();
    diagnostics.info(renderStatistics(day, subtractStats(now, before)));
    day = today;
    before = now;
  };
  const schedule = (): void => {
    const delayMillis = CHECK_MILLIS - (clock.now() % CHECK_MILLIS);
    timer = clock.setTimer(() => {
      check();
      schedule();
    }, delayMillis);
  };
  schedule();
  return {
    finish() {
      if (timer === undefined) return;
      timer.cancel();
      timer = undefined;
      const all = stats();
      if (all.received > 0) diagnostics.info(renderStatistics('shutdown', all));
    },
  };
}

/**
 * One line of statistics.
 *
 * @example
 * renderStatistics('2026-03-01', stats);
 * // [ANALYTICS] Statistics 2026-03-01: received=100 stored=99 fallback=1 pending=0 dropped=0 success=99.00% fallback_rate=1.00%
 */
function renderStatistics(period: string, stats: SinkStats): string {
  const reasons = Object.entries(stats.dropped).filter(([, rows]) => rows > 0);
  const dropped = reasons.reduce((sum, [, rows]) => sum + rows, 0);
  const detail = reasons.map(([reason, rows]) => `${reason}: ${rows}`).join(', ');
  const { received, stored, fallback, pending } = stats;
  const settled = stored + fallback + dropped;
  return [
    `[ANALYTICS] Statistics ${period}: received=${received} stored=${stored} fallback=${fallback} pending=${pending}`,
    `dropped=${dropped}${detail === '' ? '' : ` (${detail})`}`,
    `success=${renderShare(stored, settled)} fallback_rate=${renderShare(fallback, settled)}`,
  ].join(' ');
}

function renderShare(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)}%`;
}

/** What happened between two looks at the books; what is pending is what is pending now. */
function subtractStats(after: SinkStats, before: SinkStats): SinkStats {
  return {
    received: after.received - before.received,
    stored: after.stored - before.stored,
    fallback: after.fallback - before.fallback,
    pending: after.pending,
    dropped: Object.fromEntries(
      Object.entries(after.dropped).map(([reason, rows]) => [reason, rows - (before.dropped[reason] ?? 0)]),
    ),
  };
}

function createDays({ timeZone, diagnostics }: StatisticsOptions): Intl.DateTimeFormat {
  const format = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...format, timeZone });
  } catch {
    diagnostics.warn(
      'time-zone',
      `${timeZone} is not a time zone of this system; the days of the statistics are those of UTC`,
    );
    return new Intl.DateTimeFormat('en-CA', { ...format, timeZone: 'UTC' });
  }
}
