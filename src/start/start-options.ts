import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { Sampler } from '../base/sdk-types.ts';
import type { ConfigOptions } from '../config/resolve-config.ts';
import type { SettingOptions } from '../config/setting-values.ts';
import { SETTINGS } from '../config/settings.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import type { RedactionFunction } from '../privacy/redactor.ts';
import type { Enricher } from '../record/enrich.ts';

/**
 * What `start` and `createSpanledger` take: every setting by its name, and what only code can give.
 * Settings in code win over the environment, which wins over the file.
 */
export interface StartOptions extends SettingOptions {
  /** The YAML file. Default: `SPANLEDGER_CONFIG`, else `config/config.yaml` if there is one. `false`: none. */
  readonly configFile?: ConfigOptions['configFile'] | undefined;
  /** Default: `process.env`. */
  readonly env?: ConfigOptions['env'] | undefined;
  /** Where rows go instead of BigQuery or the local store. */
  readonly sink?: RowSink | undefined;
  /** Fill columns of meaning, downloads and quality, after the configured rules. */
  readonly enrichers?: readonly Enricher[] | undefined;
  /** Mask what they find, in rows and traces, after the configured detectors. One that throws removes the text. */
  readonly redactors?: readonly RedactionFunction[] | undefined;
  /** Decides what trace exporters see. Default: the setting `traceRatio`, else `OTEL_TRACES_SAMPLER`. */
  readonly sampler?: Sampler | undefined;
  /** Where the package's own messages go. Default: standard error, as `logLevel` says. */
  readonly diagnostics?: Diagnostics | undefined;
  /** What time it is, and what timers run on. Default: the system's. For tests. */
  readonly clock?: Clock | undefined;
}

/** The settings among the options. */
export function settingsOf(options: StartOptions): SettingOptions {
  const entries = Object.entries(options).filter(([name]) => Object.hasOwn(SETTINGS, name));
  return Object.fromEntries(entries);
}
