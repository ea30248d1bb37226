/** What trace backends see. */
// biome-ignore format: a table, three lines a setting
export const TRACES_SETTINGS = {
  traceExporters: { group: 'What trace backends see', key: 'traces.exporter', env: ['SPANLEDGER_TRACES_EXPORTER'],
    type: 'choices', allowed: ['otlp-google', 'cloud-trace', 'otlp', 'local', 'console', 'none'], fallback: [],
    description: 'Where spans go. Default: `otlp-google` where rows go to BigQuery, else `local`.' },
  traceContent: { key: 'traces.content.mode', env: ['SPANLEDGER_TRACES_CONTENT'],
    type: 'content-mode', strict: true, fallback: 'none',
    description: 'What traces keep of messages, tool arguments and results, and error messages.' },
  traceContentFields: { key: 'traces.content.fields', env: [],
    type: 'field-modes', fallback: {},
    description: 'The same for `messages`, `tools`, `errors` and `attributes`.' },
  /** 0 to 1. */
  traceRatio: { key: 'traces.ratio', env: ['SPANLEDGER_TRACES_RATIO'],
    type: 'number', range: { min: 0, max: 1 }, fallback: undefined,
    description: 'Share of traces that exporters see; rows are never sampled. Default: `OTEL_TRACES_SAMPLER`, else all.' },
  /** 0 to 1, by the agent's name; `*` for any text. */
  traceAgentRatios: { key: 'traces.agent_ratios', env: [],
    type: 'ratios', fallback: {},
    description: 'The same by the name of the agent, `*` for any text; the first that matches counts.' },
  traceRecordNames: { key: 'traces.record_names', env: [],
    type: 'list', fallback: [],
    description: 'Names of further spans that begin turns, `*` for any text: for instrumentations whose first span says nothing of itself at its start. Needed only where traces are sampled.' },
  traceKeepErrors: { key: 'traces.keep_errors', env: [],
    type: 'flag', fallback: false,
    description: 'Whether exporters see every turn that failed.' },
  traceKeepSlowerThanSeconds: { key: 'traces.keep_slower_than', env: [],
    type: 'number', range: { min: 0, max: 86_400, unit: 'seconds' }, fallback: undefined,
    description: 'Seconds from which on exporters see every turn.' },
  telemetryEndpoint: { key: 'traces.telemetry_endpoint', env: [],
    type: 'text', fallback: undefined,
    description: "Another endpoint of Google's Telemetry API, e.g. a regional one." },
} as const;
