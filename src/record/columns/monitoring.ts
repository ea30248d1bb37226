/** When the turn began and ended, for monitoring. */
export const MONITORING = {
  start_timestamp: ['TIMESTAMP', 'Start of the turn, UTC.'],
  end_timestamp: ['TIMESTAMP', 'End of the turn, UTC.'],
  duration_ms: ['INTEGER', 'Whole milliseconds from start to end, rounded down.'],
} as const;
