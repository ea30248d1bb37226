/** What the turn was about. */
export const MEANING = {
  detected_intent: ['STRING name enrichable', 'Intent, by the configured rules.'],
  query_category: ['STRING name enrichable', 'Category of the tools used, by the configured rules.'],
  search_filters: ['STRING REPEATED question enrichable', 'Filters named in the question, by the configured rules.'],
} as const;
