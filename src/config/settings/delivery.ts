/** How rows reach BigQuery. */
// biome-ignore format: a table, three lines a setting
export const DELIVERY_SETTINGS = {
  flushTimeoutSeconds: { key: 'analytics.conversation_tracking.flush_timeout', env: ['SPANLEDGER_FLUSH_TIMEOUT'],
    type: 'number', range: { min: 0, max: 600, unit: 'seconds' }, fallback: 10,
    description: 'Seconds that shutdown may take in all. Cloud Run grants 10 after SIGTERM.' },
  serverless: { key: 'analytics.conversation_tracking.serverless', env: ['SPANLEDGER_SERVERLESS'],
    type: 'flag', fallback: false,
    description: 'Delivers at the end of each turn, for instances whose CPU is taken away between requests.' },
  outboxPath: { key: 'analytics.conversation_tracking.outbox.path', env: ['SPANLEDGER_OUTBOX_PATH'],
    type: 'text', fallback: '.spanledger/outbox',
    description: 'Directory in which rows wait for BigQuery.' },
  /** 1 GiB by default. */
  outboxMaxBytes: { key: 'analytics.conversation_tracking.outbox.max_bytes', env: ['SPANLEDGER_OUTBOX_MAX_BYTES'],
    type: 'number', range: { min: 65_536, max: 1_125_899_906_842_624, whole: true, unit: 'bytes' }, fallback: 1_073_741_824,
    description: 'Size of the outbox in bytes.' },
  outboxWhenFull: { key: 'analytics.conversation_tracking.outbox.when_full', env: [],
    type: 'choice', allowed: ['oldest-to-fallback', 'refuse-new'], fallback: 'oldest-to-fallback',
    description: 'What a full outbox does: give its oldest rows to the fallback, or refuse new ones.' },
  outboxDurability: { key: 'analytics.conversation_tracking.outbox.durability', env: [],
    type: 'choice', allowed: ['process', 'power'], fallback: 'process',
    description: 'What an accepted row survives: the end of the process, or also the loss of power, at a disk flush a commit.' },
  fallback: { key: 'analytics.conversation_tracking.fallback.cloud_logging', env: ['SPANLEDGER_FALLBACK_CLOUD_LOGGING'],
    type: 'flag', fallback: true,
    description: 'Whether rows that BigQuery does not take go to Cloud Logging, log `conversation_tracking_fallback`.' },
  statisticsTimeZone: { key: 'analytics.conversation_tracking.statistics.time_zone', env: ['SPANLEDGER_STATISTICS_TIME_ZONE'],
    type: 'time-zone', fallback: 'UTC',
    description: 'IANA time zone whose midnight ends a day of the statistics lines.' },
} as const;
