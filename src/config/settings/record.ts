/** What fills the columns that spans leave empty. */
// biome-ignore format: a table, three lines a setting
export const RECORD_SETTINGS = {
  rules: { group: 'What fills the columns that spans leave empty', key: 'analytics.conversation_tracking.rules', env: ['SPANLEDGER_RULES'],
    type: 'choice', allowed: ['none', 'invoice-agent'], fallback: 'none',
    description: 'Rules that fill the columns of meaning, downloads and quality; `invoice-agent` are those of the old tracker.' },
  /** US dollars per million tokens, by model. */
  prices: { key: 'analytics.conversation_tracking.prices', env: [],
    type: 'prices', fallback: {},
    description: 'US dollars per million tokens by model: `{ input, output, cached_input }`.' },
} as const;
