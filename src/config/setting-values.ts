import type { Backend } from '../migration/backend.ts';
import type { ContentField } from '../privacy/content-field.ts';
import type { ContentModeText } from '../privacy/content-mode.ts';
import type { DetectorName } from '../privacy/detectors/detector-names.ts';
import type { ModelPriceSetting } from './parse-prices.ts';

export type TraceExporterName = 'otlp-google' | 'cloud-trace' | 'otlp' | 'local' | 'console' | 'none';

/** Modes of single fields, as they are written. */
export type FieldModes = Readonly<Partial<Record<ContentField, ContentModeText>>>;

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
  readonly content: ContentModeText;
  readonly contentFields: FieldModes;
  readonly redact: readonly DetectorName[];
  readonly redactPatterns: Readonly<Record<string, string>>;
  readonly hashKey: string | undefined;
  readonly traceExporters: readonly TraceExporterName[];
  readonly traceContent: ContentModeText;
  readonly traceContentFields: FieldModes;
  /** 0 to 1. */
  readonly traceRatio: number | undefined;
  /** 0 to 1, by the agent's name. */
  readonly traceAgentRatios: Readonly<Record<string, number>>;
  readonly traceRecordNames: readonly string[];
  readonly traceKeepErrors: boolean;
  readonly traceKeepSlowerThanSeconds: number | undefined;
  readonly telemetryEndpoint: string | undefined;
}
