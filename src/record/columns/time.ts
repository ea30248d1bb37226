/** When the turn began. */
export const TIME = {
  timestamp: ['TIMESTAMP REQUIRED', 'Start of the turn, UTC.'],
  date_partition: ['DATE', 'UTC date of `timestamp`; the partition column.'],
  hour_of_day: ['INTEGER', 'UTC hour of `timestamp`, 0 to 23.'],
  day_of_week: ['INTEGER', 'ISO day of the week of `timestamp`, Monday 1 to Sunday 7.'],
} as const;
