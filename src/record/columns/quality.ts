/** How good the answer was. */
export const QUALITY = {
  user_satisfaction_inferred: [
    'STRING name enrichable',
    '`positive`, `neutral` or `negative`, by the configured rules.',
  ],
  question_complexity: ['STRING name enrichable', '`simple`, `medium` or `complex`, by the configured rules.'],
  response_quality_score: ['FLOAT enrichable', '0 to 1, by the configured rules.'],
} as const;
