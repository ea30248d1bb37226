import { toPrintable } from '../base/printable.ts';
import { cutToWidth } from './display-width.ts';

/** A turn as a query gave it, decoded. */
export type TurnRow = Readonly<Record<string, unknown>>;

/** Whether it went well: NULL where that is not known. A turn that failed is `failed`, whole or not. */
export function turnState({ success, complete }: TurnRow): 'ok' | 'failed' | 'incomplete' | null {
  if (success === false) return 'failed';
  if (complete === false) return 'incomplete';
  return success === true ? 'ok' : null;
}

/** What stands for the turn where its id is too long, and what `show` takes. */
export function shortId({ message_id: id }: TurnRow): string {
  return toPrintable(String(id)).slice(0, 8);
}

/** US dollars to a thousandth of a cent. */
export function roundCost(usd: unknown): number | null {
  return typeof usd === 'number' ? Number(usd.toFixed(5)) : null;
}

/** `11-25 17:26:14` in UTC, with the year where it is another than now's. */
export function shortTime(timestamp: unknown, now: number): string {
  const millis = Date.parse(String(timestamp));
  if (Number.isNaN(millis)) return toPrintable(String(timestamp));
  const text = new Date(millis).toISOString().slice(0, 19).replace('T', ' ');
  return text.startsWith(`${new Date(now).getUTCFullYear()}-`) ? text.slice(5) : text;
}

/** The turn on one line of a terminal, of the width that it has; what was asked is cut first. */
export function renderTurnLine(row: TurnRow, now: number, width: number): string {
  const facts = [
    shortTime(row.timestamp, now),
    shortId(row),
    (turnState(row) ?? '–').padEnd(10),
    shortDuration(row.duration_ms).padStart(7),
    `${row.total_token_count ?? '–'} tok`.padStart(9),
  ];
  const asked = [row.agent_name, row.user_id].filter((name) => typeof name === 'string').join(' · ');
  return `${cutToWidth(toPrintable(`${facts.join(' ')}  ${asked}: ${row.user_question ?? '–'}`), width)}\n`;
}

function shortDuration(millis: unknown): string {
  if (typeof millis !== 'number') return '–';
  return millis < 1_000 ? `${millis} ms` : `${(millis / 1_000).toFixed(1)} s`;
}
