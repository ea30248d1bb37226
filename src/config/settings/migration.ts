/** Which mapping makes the rows, and how the two are compared. Read by `src/migration` only. */
// biome-ignore format: a table, three lines a setting
export const MIGRATION_SETTINGS = {
  backend: { group: 'Which mapping makes the rows', key: 'analytics.conversation_tracking.backend', env: ['SPANLEDGER_BACKEND'],
    type: 'choice', allowed: ['legacy', 'solid', 'dual'], fallback: 'solid',
    description: 'Which mapping makes the rows: `solid`, `legacy`, or `dual` for both, the legacy rows in the table of the same name with `_legacy`. Live: a change in the file takes effect within a second.' },
  backendSource: { key: 'analytics.conversation_tracking.backend_source', env: ['SPANLEDGER_BACKEND_SOURCE'],
    type: 'choice', allowed: ['config', 'openfeature'], fallback: 'config',
    description: 'Where the live value of `backend` comes from: this file, or the registered OpenFeature provider.' },
  backendFlagKey: { key: 'analytics.conversation_tracking.backend_flag_key', env: [],
    type: 'text', fallback: 'spanledger-backend',
    description: 'Key of the OpenFeature flag.' },
  compareTokens: { key: 'analytics.conversation_tracking.dual_write.compare_tokens', env: [],
    type: 'flag', fallback: true,
    description: 'Whether `dual` compares the two rows of a turn.' },
  /** Tokens. */
  tokenDiffThreshold: { key: 'analytics.conversation_tracking.dual_write.token_diff_threshold', env: ['SPANLEDGER_TOKEN_DIFF_THRESHOLD'],
    type: 'number', range: { min: 0, max: 1_000_000_000, whole: true, unit: 'tokens' }, fallback: 100,
    description: 'Difference in tokens up to which two counts match.' },
  /** 0 to 1. */
  tokenDiffRatio: { key: 'analytics.conversation_tracking.dual_write.token_diff_ratio', env: [],
    type: 'number', range: { min: 0, max: 1 }, fallback: 0,
    description: 'Share of the legacy count up to which two counts match as well; 0 leaves it to the threshold alone.' },
  compareIgnore: { key: 'analytics.conversation_tracking.dual_write.ignore', env: [],
    type: 'list', fallback: [],
    description: 'Columns that `dual` does not compare.' },
  /** `path#export`; default: the mapping that comes with the package. */
  legacyModule: { key: 'analytics.conversation_tracking.legacy.module', env: ['SPANLEDGER_LEGACY_MODULE'],
    type: 'text', fallback: undefined,
    description: "Module with the team's own legacy mapping, `(turn) => row`. Default: the one that comes with the package." },
} as const;
