import { BACKENDS } from '../migration/backend.ts';
import { contentMode, detectors, fieldModes, patterns } from './parse-content.ts';
import { prices } from './parse-prices.ts';
import { flag, listOf, numberIn, oneOf, ratios, text, textLike, textList, timeZone } from './parse-value.ts';
import type { ParseValue, Setting } from './setting.ts';
import type { SettingValues } from './setting-values.ts';

const TRACKING = 'analytics.conversation_tracking';

/** Names of datasets and tables. Source: https://cloud.google.com/bigquery/docs/datasets#dataset-naming */
const BIGQUERY_NAME = /^[A-Za-z0-9_]{1,1024}$/;
/** Source: https://cloud.google.com/resource-manager/docs/creating-managing-projects; with a domain's prefix. */
const PROJECT_ID = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{2,61}[a-z0-9]$/;

const seconds = (max: number): ParseValue<number> => numberIn({ min: 0, max, unit: 'seconds' });
const bytes = numberIn({ min: 65_536, max: 2 ** 50, whole: true, unit: 'bytes' });

/**
 * Every setting that code, the environment or the file can give: the only list of them. The README's table and
 * `spanledger doctor` are made from it.
 */
export const SETTINGS: { readonly [Name in keyof SettingValues]: Setting<SettingValues[Name]> } = {
  enabled: {
    key: `${TRACKING}.enabled`,
    env: ['SPANLEDGER_ENABLED'],
    parse: flag,
    fallback: true,
    description: 'Whether rows are written. Traces go on without.',
  },
  backend: {
    key: `${TRACKING}.backend`,
    env: ['SPANLEDGER_BACKEND'],
    parse: oneOf(BACKENDS),
    fallback: 'solid',
    description:
      'Which mapping makes the rows: `solid`, `legacy`, or `dual` for both. Live: a change in the file takes effect within a second.',
  },
  backendSource: {
    key: `${TRACKING}.backend_source`,
    env: ['SPANLEDGER_BACKEND_SOURCE'],
    parse: oneOf(['config', 'openfeature']),
    fallback: 'config',
    description: 'Where the live value of `backend` comes from: this file, or the registered OpenFeature provider.',
  },
  backendFlagKey: {
    key: `${TRACKING}.backend_flag_key`,
    env: [],
    parse: text,
    fallback: 'spanledger-backend',
    description: 'Key of the OpenFeature flag.',
  },
  compareTokens: {
    key: `${TRACKING}.dual_write.compare_tokens`,
    env: [],
    parse: flag,
    fallback: true,
    description: 'Whether `dual` compares the two rows of a turn.',
  },
  tokenDiffThreshold: {
    key: `${TRACKING}.dual_write.token_diff_threshold`,
    env: ['SPANLEDGER_TOKEN_DIFF_THRESHOLD'],
    parse: numberIn({ min: 0, max: 1e9, whole: true, unit: 'tokens' }),
    fallback: 100,
    description: 'Difference in tokens up to which two counts match.',
  },
  tokenDiffRatio: {
    key: `${TRACKING}.dual_write.token_diff_ratio`,
    env: [],
    parse: numberIn({ min: 0, max: 1 }),
    fallback: 0,
    description: 'Share of the legacy count up to which two counts match as well; 0 leaves it to the threshold alone.',
  },
  compareIgnore: {
    key: `${TRACKING}.dual_write.ignore`,
    env: [],
    parse: textList,
    fallback: [],
    description: 'Columns that `dual` does not compare.',
  },
  legacyModule: {
    key: `${TRACKING}.legacy.module`,
    env: ['SPANLEDGER_LEGACY_MODULE'],
    parse: text,
    fallback: undefined,
    description:
      "Module with the team's own legacy mapping, `(turn) => row`. Default: the one that comes with the package.",
  },
  store: {
    key: `${TRACKING}.store`,
    env: ['SPANLEDGER_STORE'],
    parse: oneOf(['auto', 'local', 'bigquery']),
    fallback: 'auto',
    description: 'Where rows go: `bigquery`, `local` (SQLite), or `auto`: BigQuery where a project is set.',
  },
  localPath: {
    key: `${TRACKING}.local.path`,
    env: ['SPANLEDGER_LOCAL_PATH'],
    parse: text,
    fallback: '.spanledger/spanledger.db',
    description: 'The SQLite file of the local store.',
  },
  project: {
    key: `${TRACKING}.bigquery.project`,
    env: ['SPANLEDGER_BIGQUERY_PROJECT', 'GOOGLE_CLOUD_PROJECT'],
    parse: textLike(PROJECT_ID, "a Google Cloud project's id"),
    fallback: undefined,
    description: 'Google Cloud project of the dataset. Without one, rows go to the local store.',
  },
  dataset: {
    key: `${TRACKING}.bigquery.dataset`,
    env: ['SPANLEDGER_BIGQUERY_DATASET'],
    parse: textLike(BIGQUERY_NAME, 'letters, digits and underscores'),
    fallback: 'chat_analytics',
    description: 'Dataset of the tables.',
  },
  table: {
    key: `${TRACKING}.bigquery.table`,
    env: ['SPANLEDGER_BIGQUERY_TABLE'],
    parse: textLike(BIGQUERY_NAME, 'letters, digits and underscores'),
    fallback: 'conversation_logs',
    description: 'Table of the rows; the legacy rows of `dual` go to the same name with `_legacy`.',
  },
  zipMetricsTimeoutSeconds: {
    key: `${TRACKING}.zip_metrics_timeout`,
    env: ['SPANLEDGER_ZIP_METRICS_TIMEOUT'],
    parse: seconds(3_600),
    fallback: 30,
    description:
      'Seconds after the end of a turn for which its row waits for spans that are still open, such as a ZIP.',
  },
  turnTimeoutSeconds: {
    key: `${TRACKING}.turn_timeout`,
    env: ['SPANLEDGER_TURN_TIMEOUT'],
    parse: seconds(86_400),
    fallback: 600,
    description: 'Seconds after which a turn that has not ended is written as incomplete; amended when it ends.',
  },
  maxHeldBytes: {
    key: `${TRACKING}.max_held_bytes`,
    env: ['SPANLEDGER_MAX_HELD_BYTES'],
    parse: bytes,
    fallback: 64 * 1024 * 1024,
    description:
      'Memory for spans of turns that are not written, in bytes. Over it, the oldest turn is written as it is.',
  },
  flushTimeoutSeconds: {
    key: `${TRACKING}.flush_timeout`,
    env: ['SPANLEDGER_FLUSH_TIMEOUT'],
    parse: seconds(600),
    fallback: 10,
    description: 'Seconds that shutdown may take in all. Cloud Run grants 10 after SIGTERM.',
  },
  serverless: {
    key: `${TRACKING}.serverless`,
    env: ['SPANLEDGER_SERVERLESS'],
    parse: flag,
    fallback: false,
    description: 'Delivers at the end of each turn, for instances whose CPU is taken away between requests.',
  },
  outboxPath: {
    key: `${TRACKING}.outbox.path`,
    env: ['SPANLEDGER_OUTBOX_PATH'],
    parse: text,
    fallback: '.spanledger/outbox',
    description: 'Directory in which rows wait for BigQuery.',
  },
  outboxMaxBytes: {
    key: `${TRACKING}.outbox.max_bytes`,
    env: ['SPANLEDGER_OUTBOX_MAX_BYTES'],
    parse: bytes,
    fallback: 1024 * 1024 * 1024,
    description: 'Size of the outbox in bytes.',
  },
  outboxWhenFull: {
    key: `${TRACKING}.outbox.when_full`,
    env: [],
    parse: oneOf(['oldest-to-fallback', 'refuse-new']),
    fallback: 'oldest-to-fallback',
    description: 'What a full outbox does: give its oldest rows to the fallback, or refuse new ones.',
  },
  outboxDurability: {
    key: `${TRACKING}.outbox.durability`,
    env: [],
    parse: oneOf(['process', 'power']),
    fallback: 'process',
    description:
      'What an accepted row survives: the end of the process, or also the loss of power, at a disk flush a commit.',
  },
  fallback: {
    key: `${TRACKING}.fallback.cloud_logging`,
    env: ['SPANLEDGER_FALLBACK_CLOUD_LOGGING'],
    parse: flag,
    fallback: true,
    description: 'Whether rows that BigQuery does not take go to Cloud Logging, log `conversation_tracking_fallback`.',
  },
  statisticsTimeZone: {
    key: `${TRACKING}.statistics.time_zone`,
    env: ['SPANLEDGER_STATISTICS_TIME_ZONE'],
    parse: timeZone,
    fallback: 'UTC',
    description: 'IANA time zone whose midnight ends a day of the statistics lines.',
  },
  rules: {
    key: `${TRACKING}.rules`,
    env: ['SPANLEDGER_RULES'],
    parse: oneOf(['none', 'invoice-agent']),
    fallback: 'none',
    description:
      'Rules that fill the columns of meaning, downloads and quality; `invoice-agent` are those of the old tracker.',
  },
  prices: {
    key: `${TRACKING}.prices`,
    env: [],
    parse: prices,
    fallback: {},
    description: 'US dollars per million tokens by model: `{ input, output, cached_input }`.',
  },
  content: {
    key: `${TRACKING}.content.mode`,
    env: ['SPANLEDGER_CONTENT'],
    parse: contentMode,
    strict: true,
    fallback: 'full',
    description:
      'What rows keep of questions, answers and error messages: `full`, `truncate(n)` code points, `hash` or `none`.',
  },
  contentFields: {
    key: `${TRACKING}.content.fields`,
    env: [],
    parse: fieldModes,
    fallback: {},
    description: 'The same for single fields, e.g. `{ raw_mcp_response: none, user_id: hash }`.',
  },
  redact: {
    key: `${TRACKING}.content.redact`,
    env: ['SPANLEDGER_REDACT'],
    parse: detectors,
    strict: true,
    fallback: [],
    description:
      'Detectors that mask what they find, in rows and traces, by name or as `all`, `credentials`, `personal_data`. Traces are always searched for credentials.',
  },
  redactPatterns: {
    key: `${TRACKING}.content.patterns`,
    env: [],
    parse: patterns,
    fallback: {},
    description: 'Regular expressions that do the same, by the name that stands for the match.',
  },
  hashKey: {
    key: `${TRACKING}.content.hash_key`,
    env: ['SPANLEDGER_HASH_KEY'],
    parse: text,
    strict: true,
    fallback: undefined,
    description: 'Key of the hashes, so that nobody can find a text by hashing guesses.',
  },
  traceExporters: {
    key: 'traces.exporter',
    env: ['SPANLEDGER_TRACES_EXPORTER'],
    parse: listOf(['otlp-google', 'cloud-trace', 'otlp', 'local', 'console', 'none']),
    fallback: [],
    description: 'Where spans go. Default: `otlp-google` where rows go to BigQuery, else `local`.',
  },
  traceContent: {
    key: 'traces.content.mode',
    env: ['SPANLEDGER_TRACES_CONTENT'],
    parse: contentMode,
    strict: true,
    fallback: 'none',
    description: 'What traces keep of messages, tool arguments and results, and error messages.',
  },
  traceContentFields: {
    key: 'traces.content.fields',
    env: [],
    parse: fieldModes,
    fallback: {},
    description: 'The same for `messages`, `tools`, `errors` and `attributes`.',
  },
  traceRatio: {
    key: 'traces.ratio',
    env: ['SPANLEDGER_TRACES_RATIO'],
    parse: numberIn({ min: 0, max: 1 }),
    fallback: undefined,
    description:
      'Share of traces that exporters see; rows are never sampled. Default: `OTEL_TRACES_SAMPLER`, else all.',
  },
  traceAgentRatios: {
    key: 'traces.agent_ratios',
    env: [],
    parse: ratios,
    fallback: {},
    description: 'The same by the name of the agent, `*` for any text; the first that matches counts.',
  },
  traceRecordNames: {
    key: 'traces.record_names',
    env: [],
    parse: textList,
    fallback: [],
    description:
      'Names of further spans that begin turns, `*` for any text: for instrumentations whose first span says nothing of itself at its start. Needed only where traces are sampled.',
  },
  traceKeepErrors: {
    key: 'traces.keep_errors',
    env: [],
    parse: flag,
    fallback: false,
    description: 'Whether exporters see every turn that failed.',
  },
  traceKeepSlowerThanSeconds: {
    key: 'traces.keep_slower_than',
    env: [],
    parse: seconds(86_400),
    fallback: undefined,
    description: 'Seconds from which on exporters see every turn.',
  },
  telemetryEndpoint: {
    key: 'traces.telemetry_endpoint',
    env: [],
    parse: text,
    fallback: undefined,
    description: "Another endpoint of Google's Telemetry API, e.g. a regional one.",
  },
};
