import type { Backend } from './backend.ts';
import type { ModelPriceSetting } from './parse-prices.ts';

export type TraceExporterName = 'otlp-google' | 'cloud-trace' | 'otlp' | 'local' | 'console' | 'none';

/** The value of every setting. What each means, its default and its range: `SETTINGS`. */
export interface SettingValues {
  readonly enabled: boolean;
  readonly backend: Backend;
  readonly backendSource: 'config' | 'openfeature';
  readonly backendFlagKey: string;
  readonly compareTokens: boolean;
  /** Tokens. */
  readonly tokenDiffThreshold: number;
  /** 0 to 1. */
  readonly tokenDiffRatio: number;
  readonly compareIgnore: readonly string[];
  readonly legacyModule: string | undefined;
  readonly store: 'auto' | 'local' | 'bigquery';
  readonly localPath: string;
  readonly project: string | undefined;
  readonly dataset: string;
  readonly table: string;
  readonly zipMetricsTimeoutSeconds: number;
  readonly turnTimeoutSeconds: number;
  readonly maxHeldBytes: number;
  readonly flushTimeoutSeconds: number;
  readonly serverless: boolean;
  readonly outboxPath: string;
  readonly outboxMaxBytes: number;
  readonly outboxWhenFull: 'oldest-to-fallback' | 'refuse-new';
  readonly outboxDurability: 'process' | 'power';
  readonly fallback: boolean;
  readonly statisticsTimeZone: string;
  readonly rules: 'none' | 'invoice-agent';
  readonly prices: Readonly<Record<string, ModelPriceSetting>>;
  readonly traceExporters: readonly TraceExporterName[];
}
