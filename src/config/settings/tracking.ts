/** What concerns the package as a whole. */
// biome-ignore format: a table, three lines a setting
export const TRACKING_SETTINGS = {
  enabled: { group: 'The package as a whole', key: 'analytics.conversation_tracking.enabled', env: ['SPANLEDGER_ENABLED'],
    type: 'flag', fallback: true,
    description: 'Whether rows are written. Traces go on without.' },
  logLevel: { key: 'analytics.conversation_tracking.log_level', env: ['SPANLEDGER_LOG_LEVEL', 'OTEL_LOG_LEVEL'],
    type: 'log-level', fallback: 'info',
    description: 'How much is said on standard error: `error` (only why it did not start), `warn` (also each problem, once), `info` (also statistics, findings, and spans of the exporter `console`), `debug` (also what is used). `info` or `debug` that is asked for, or a terminal, shows at start what is used and where the first row is.' },
} as const;
