/** What concerns the package as a whole. */
export const TRACKING_SETTINGS = {
  enabled: {
    key: 'analytics.conversation_tracking.enabled',
    env: ['SPANLEDGER_ENABLED'],
    type: 'flag',
    fallback: true,
    description: 'Whether rows are written. Traces go on without.',
  },
} as const;
