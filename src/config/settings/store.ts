/** Where rows go. */
// biome-ignore format: a table, three lines a setting
export const STORE_SETTINGS = {
  store: { group: 'Where rows go', key: 'analytics.conversation_tracking.store', env: ['SPANLEDGER_STORE'],
    type: 'choice', allowed: ['auto', 'local', 'bigquery'], fallback: 'auto',
    description: 'Where rows go: `bigquery`, `local` (SQLite), or `auto`: BigQuery where a project is set.' },
  /** A SQLite file, from the working directory. */
  localPath: { key: 'analytics.conversation_tracking.local.path', env: ['SPANLEDGER_LOCAL_PATH'],
    type: 'text', fallback: '.spanledger/spanledger.db',
    description: 'The SQLite file of the local store.' },
  project: { key: 'analytics.conversation_tracking.bigquery.project', env: ['SPANLEDGER_BIGQUERY_PROJECT', 'GOOGLE_CLOUD_PROJECT'],
    type: 'project-id', fallback: undefined,
    description: 'Google Cloud project of the dataset. Without one, rows go to the local store.' },
  dataset: { key: 'analytics.conversation_tracking.bigquery.dataset', env: ['SPANLEDGER_BIGQUERY_DATASET'],
    type: 'bigquery-name', fallback: 'chat_analytics',
    description: 'Dataset of the tables.' },
  table: { key: 'analytics.conversation_tracking.bigquery.table', env: ['SPANLEDGER_BIGQUERY_TABLE'],
    type: 'bigquery-name', fallback: 'conversation_logs',
    description: 'Table of the rows.' },
  location: { key: 'analytics.conversation_tracking.bigquery.location', env: ['SPANLEDGER_BIGQUERY_LOCATION'],
    type: 'text', fallback: undefined,
    description: "Location of the dataset, e.g. `EU`: where `spanledger init` creates it and queries run. Default: BigQuery's own." },
  bigqueryEndpoint: { key: 'analytics.conversation_tracking.bigquery.endpoint', env: ['SPANLEDGER_BIGQUERY_ENDPOINT'],
    type: 'endpoint', fallback: undefined,
    description: "Another endpoint of BigQuery, regional or private. Over plain HTTP, no credentials are sent. Default: Google's global one." },
} as const;
