import type { QueryParameters, StoreTables, TimeParameter } from '../delivery/store-reader.ts';

/** Milliseconds since the Unix epoch; open at the side that is undefined. */
export interface TimeRange {
  readonly from: number | undefined;
  /** The first that is no longer in it. */
  readonly to: number | undefined;
}

export interface TurnFilter {
  readonly agent?: string;
  readonly user?: string;
  readonly conversation?: string;
  readonly failed?: true;
  readonly incomplete?: true;
}

/** Text that BigQuery and SQLite both take, and the values of its parameters. */
export interface TurnQuery {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** What a line about a turn says. BigQuery is paid by the column. */
export const TURN_LINE_COLUMNS: readonly string[] = [
  'message_id',
  'timestamp',
  'conversation_id',
  'user_id',
  'agent_name',
  'user_question',
  'total_token_count',
  'duration_ms',
  'estimated_cost_usd',
  'success',
  'error_message',
  'complete',
  'incomplete_reason',
];

const DAY_MILLIS = 86_400_000;

export function renderNewestTurns(
  { latest }: StoreTables,
  { agent, user, conversation, failed, incomplete }: TurnFilter,
  range: TimeRange,
  limit: number,
): TurnQuery {
  return {
    sql: `SELECT ${TURN_LINE_COLUMNS.join(', ')}
FROM ${latest}
WHERE ${[
      ...renderRange(range),
      ...(agent === undefined ? [] : ['agent_name = @agent']),
      ...(user === undefined ? [] : ['user_id = @user']),
      ...(conversation === undefined ? [] : ['conversation_id = @conversation']),
      ...(failed ? ['success = FALSE'] : []),
      ...(incomplete ? ['complete = FALSE'] : []),
    ].join(' AND ')}
ORDER BY timestamp DESC, message_id
LIMIT @limit`,
    parameters: {
      ...rangeParameters(range),
      ...(agent !== undefined && { agent }),
      ...(user !== undefined && { user }),
      ...(conversation !== undefined && { conversation }),
      limit,
    },
  };
}

/** The turns that an id may mean: `message_id`, the beginning of one, or `trace_id`. An exact one comes first. */
export function renderTurnsById({ latest }: StoreTables, id: string, range: TimeRange, limit: number): TurnQuery {
  return {
    sql: `SELECT message_id, date_partition, timestamp, agent_name, user_id
FROM ${latest}
WHERE ${renderRange(range).join(' AND ')} AND (SUBSTR(message_id, 1, LENGTH(@id)) = @id OR trace_id = @id)
ORDER BY message_id = @id DESC, timestamp DESC, message_id
LIMIT @limit`,
    parameters: { ...rangeParameters(range), id, limit },
  };
}

/** Everything of one turn. @param day its `date_partition`, so that no other is read */
export function renderTurn({ latest }: StoreTables, messageId: string, day: string | undefined): TurnQuery {
  return {
    sql: `SELECT * FROM ${latest} WHERE message_id = @id AND date_partition ${day === undefined ? 'IS NULL' : '= @day'}`,
    parameters: { id: messageId, ...(day !== undefined && { day: { type: 'DATE', value: day } }) },
  };
}

/** Whole days by the partition, so that no other is read; the time itself only where a day is cut. */
function renderRange({ from, to }: TimeRange): string[] {
  return [
    // A filter there always is, for the conditions that follow.
    from === undefined ? 'TRUE' : 'date_partition >= @first_day',
    ...(to === undefined ? [] : ['date_partition <= @last_day']),
    ...(cutsDay(from) ? ['timestamp >= @from_time'] : []),
    ...(cutsDay(to) ? ['timestamp < @to_time'] : []),
  ];
}

function rangeParameters({ from, to }: TimeRange): QueryParameters {
  return {
    ...(from !== undefined && { first_day: asDay(from) }),
    ...(to !== undefined && { last_day: asDay(to - 1) }),
    ...(cutsDay(from) && { from_time: asTime(from) }),
    ...(cutsDay(to) && { to_time: asTime(to) }),
  };
}

function cutsDay(time: number | undefined): time is number {
  return time !== undefined && time % DAY_MILLIS !== 0;
}

function asDay(millis: number): TimeParameter {
  return { type: 'DATE', value: new Date(millis).toISOString().slice(0, 10) };
}

/** As the rows have it, so that text sorts as time does. */
function asTime(millis: number): TimeParameter {
  return { type: 'TIMESTAMP', value: new Date(millis).toISOString().replace('Z', '000Z') };
}
