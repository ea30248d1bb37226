import type { ResolvedConfig, SettingSource } from '../../config/resolve-config.ts';
import type { SettingValues } from '../../config/setting-values.ts';
import { SETTINGS } from '../../config/settings.ts';
import { CREDENTIAL_DETECTORS } from '../../privacy/detectors/detector-names.ts';
import { createRedactor } from '../../privacy/redactor.ts';

export interface DescribedSetting {
  /** Its place in the file. */
  readonly key: string;
  readonly value: string;
  readonly source: SettingSource;
}

const SECRET_SETTINGS: ReadonlySet<keyof SettingValues> = new Set<keyof SettingValues>(['hashKey']);

/** Every setting as it was resolved, and where it came from. Secrets are masked, also those inside of URLs. */
export function describeSettings({ values, sources }: ResolvedConfig): readonly DescribedSetting[] {
  const redact = createRedactor({ detectors: CREDENTIAL_DETECTORS, patterns: [], functions: [] });
  const names = Object.keys(SETTINGS) as (keyof SettingValues)[];
  return names.map((name) => {
    const value = values[name];
    const text = value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
    const isSecret = SECRET_SETTINGS.has(name) && value !== undefined;
    const shown = isSecret ? undefined : redact(text);
    return { key: SETTINGS[name].key, value: shown ?? '********', source: sources[name] };
  });
}
