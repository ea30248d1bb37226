/** What the turn did, and how it ended. */
export const EXECUTION = {
  results_count: ['INTEGER enrichable', 'Number of results that the answer names, by the configured rules.'],
  tools_used: ['STRING REPEATED name', 'Names of the tools called, in call order, repeats kept.'],
  response_time_ms: ['INTEGER', 'Whole milliseconds from the start to the end of the turn, rounded down.'],
  success: ['BOOLEAN', 'Whether the turn answered; NULL where that is not known.'],
  error_message: ['STRING question', 'Why it failed.'],
} as const;
