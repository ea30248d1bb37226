import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { Sampler } from '../base/sdk-types.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { SettingValues, TraceExporterName } from '../config/setting-values.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { ContentPolicyConfig } from '../privacy/content-policy.ts';
import { AnalyticsSampler, type AnalyticsSamplerOptions } from '../traces/analytics-sampler.ts';
import { createRatioSampler, parseSampler } from '../traces/parse-sampler.ts';
import { TurnKeeper } from '../traces/turn-keeper.ts';
import { createTraceExporters, type TraceExporters } from './trace-exporters.ts';

export interface TracePipeline extends TraceExporters {
  readonly sampler: Sampler;
  /** Sends turns to the exporters that were not sampled and turned out to matter. */
  readonly keeper: TurnKeeper;
}

export interface TracePipelineOptions {
  readonly config: ResolvedConfig;
  /** Decides in place of the settings what exporters see. */
  readonly sampler: Sampler | undefined;
  readonly content: ContentPolicyConfig;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

/** Composes what concerns trace backends: which spans they see, and on what way. Rows do not depend on any of it. */
export function createTracePipeline(options: TracePipelineOptions): TracePipeline {
  const { config, diagnostics } = options;
  const { values } = config;
  const exporters = createTraceExporters({
    exporters: values.traceExporters.length > 0 ? values.traceExporters : defaultExporters(config),
    content: options.content,
    project: values.project,
    localPath: values.localPath,
    telemetryEndpoint: values.telemetryEndpoint,
    env: config.env,
    diagnostics,
    clock: options.clock,
  });
  const sampler = options.sampler ?? samplerOf(config, diagnostics);
  return {
    ...exporters,
    sampler: values.enabled ? new AnalyticsSampler({ sampler, ...recordingOf(values) }) : sampler,
    keeper: new TurnKeeper({
      rules: {
        errors: values.traceKeepErrors,
        slowerThanMillis:
          values.traceKeepSlowerThanSeconds === undefined ? undefined : values.traceKeepSlowerThanSeconds * 1_000,
      },
      export: (span) => exporters.export(span),
    }),
  };
}

/** Without rows, nothing is recorded that the backend does not see. */
function recordingOf(values: SettingValues): Pick<AnalyticsSamplerOptions, 'agentRules' | 'recordNames'> {
  const agentRules = Object.entries(values.traceAgentRatios).map(([agent, ratio]) => ({ agent, ratio }));
  return { agentRules, recordNames: values.traceRecordNames };
}

/** An emulator stands for BigQuery only: there is no trace backend beside it. */
function defaultExporters({ values, env }: ResolvedConfig): readonly TraceExporterName[] {
  if (!usesBigQuery(values)) return ['local'];
  return env.BIGQUERY_EMULATOR_HOST === undefined ? ['otlp-google'] : ['none'];
}

function samplerOf({ values, env }: ResolvedConfig, diagnostics: Diagnostics): Sampler {
  if (values.traceRatio !== undefined) return createRatioSampler(values.traceRatio);
  const { sampler, warning } = parseSampler(env);
  if (warning !== undefined) diagnostics.warn('sampler', warning);
  return sampler;
}
