import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigurationError } from '../base/errors.ts';
import type { TimeRange } from '../store/turn-queries.ts';

/** How a command is told which time it is about. One vocabulary for all of them. */
export interface TimeOptions {
  readonly days?: number;
  readonly from?: NamedTime;
  readonly to?: NamedTime;
}

/** A day, or an instant, which begins and ends at once. Milliseconds since the Unix epoch. */
interface NamedTime {
  readonly begin: number;
  readonly end: number;
}

const DAY_MILLIS = 86_400_000;
const TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** @param without what it is about where none of the options is given, for the help */
export function addTimeOptions(command: Command, without: string): Command {
  return command
    .addOption(
      new Option('--days <n>', `days to look back, in UTC, the last one included (default: ${without})`)
        .argParser(parseDays)
        .conflicts('from'),
    )
    .option('--from <time>', 'from this day on, e.g. 2025-06-07, or from 2025-06-07T08:00:00Z on', parseTime)
    .option('--to <time>', 'to the end of this day, or until this time', parseTime);
}

/**
 * @param now milliseconds since the Unix epoch
 * @param defaultDays how far it reaches back where nothing says it; left out: to the beginning
 * @throws {ConfigurationError} on a range that is empty
 */
export function resolveTimeRange({ days, from, to }: TimeOptions, now: number, defaultDays?: number): TimeRange {
  const length = days ?? (from === undefined ? defaultDays : undefined);
  const lastDay = Math.floor((to === undefined ? now : to.end - 1) / DAY_MILLIS);
  const begin = length === undefined ? from?.begin : (lastDay - length + 1) * DAY_MILLIS;
  if (begin !== undefined && to !== undefined && begin >= to.end)
    throw new ConfigurationError('--to', 'must be after --from');
  return { from: begin, to: to?.end };
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 100_000) {
    throw new InvalidArgumentError('A whole number from 1 to 100000.');
  }
  return days;
}

function parseTime(text: string): NamedTime {
  const day = TIME.exec(text)?.[1];
  const begin = day === undefined ? Number.NaN : Date.parse(text);
  const dayBegin = Date.parse(day ?? '');
  // February has no 30th, whatever `Date.parse` makes of it.
  if (Number.isNaN(begin) || Number.isNaN(dayBegin) || new Date(dayBegin).toISOString().slice(0, 10) !== day) {
    throw new InvalidArgumentError('A day, e.g. 2025-06-07, or a time with its zone, e.g. 2025-06-07T08:00:00Z.');
  }
  return { begin, end: text === day ? begin + DAY_MILLIS : begin };
}
