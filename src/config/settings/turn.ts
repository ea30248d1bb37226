/** When a turn is written. */
// biome-ignore format: a table, three lines a setting
export const TURN_SETTINGS = {
  zipMetricsTimeoutSeconds: { group: 'When a turn is written', key: 'analytics.conversation_tracking.zip_metrics_timeout', env: ['SPANLEDGER_ZIP_METRICS_TIMEOUT'],
    type: 'number', range: { min: 0, max: 3_600, unit: 'seconds' }, fallback: 30,
    description: 'Seconds after the end of a turn for which its row waits for spans that are still open, such as a ZIP.' },
  turnTimeoutSeconds: { key: 'analytics.conversation_tracking.turn_timeout', env: ['SPANLEDGER_TURN_TIMEOUT'],
    type: 'number', range: { min: 0, max: 86_400, unit: 'seconds' }, fallback: 600,
    description: 'Seconds after which a turn that has not ended is written as incomplete; amended when it ends.' },
  /** 64 MiB by default. */
  maxHeldBytes: { key: 'analytics.conversation_tracking.max_held_bytes', env: ['SPANLEDGER_MAX_HELD_BYTES'],
    type: 'number', range: { min: 65_536, max: 1_125_899_906_842_624, whole: true, unit: 'bytes' }, fallback: 67_108_864,
    description: 'Memory for spans of turns that are not written, in bytes. Over it, the oldest turn is written as it is.' },
} as const;
