/**
 * A sink that also says, in one line a day and one at shutdown, what became of the rows: the lines that operators of the
 * earlier system look for. Everything else is the sink's own.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { FlushResult, LedgerEntry, RecordSink, SinkStats, WriteResult } from './record-sink.ts';

/** Every time zone's midnight is on a quarter of an hour. */
const CHECK_MILLIS = 900_000;

export interface StatisticsOptions {
  /** IANA name of the time zone whose midnight ends a day, e.g. `America/Santiago`. */
  readonly timeZone: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

export class StatisticsSink implements RecordSink {
  readonly name: string;
  readonly #sink: RecordSink;
  readonly #options: StatisticsOptions;
  readonly #days: Intl.DateTimeFormat;
  /** The day that runs, `YYYY-MM-DD`, and the books at its beginning. */
  #day: string;
  #before: SinkStats;
  #timer: Timer | undefined;
  #shutdown: Promise<FlushResult> | undefined;

  constructor(sink: RecordSink, options: StatisticsOptions) {
    this.name = sink.name;
    this.#sink = sink;
    this.#options = options;
    this.#days = createDays(options);
    this.#day = this.#today();
    this.#before = sink.stats();
    this.#schedule();
  }

  write(entries: readonly LedgerEntry[]): Promise<readonly WriteResult[]> {
    return this.#sink.write(entries);
  }

  flush(timeoutMillis: number): Promise<FlushResult> {
    return this.#sink.flush(timeoutMillis);
  }

  shutdown(timeoutMillis: number): Promise<FlushResult> {
    this.#shutdown ??= this.#sink.shutdown(timeoutMillis).then((result) => {
      this.#timer?.cancel();
      this.#options.diagnostics.info(renderStatistics('shutdown', this.#sink.stats()));
      return result;
    });
    return this.#shutdown;
  }

  stats(): SinkStats {
    return this.#sink.stats();
  }

  persistSync(): void {
    this.#sink.persistSync?.();
  }

  #schedule(): void {
    const { clock } = this.#options;
    const delayMillis = CHECK_MILLIS - (clock.now() % CHECK_MILLIS);
    this.#timer = clock.setTimer(() => {
      this.#check();
      this.#schedule();
    }, delayMillis);
  }

  #check(): void {
    const today = this.#today();
    // A clock that is set back does not begin yesterday again.
    if (today <= this.#day) return;
    const stats = this.#sink.stats();
    this.#options.diagnostics.info(renderStatistics(this.#day, subtractStats(stats, this.#before)));
    this.#day = today;
    this.#before = stats;
  }

  #today(): string {
    return this.#days.format(this.#options.clock.now());
  }
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
