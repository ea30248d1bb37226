import { CONTENT_FIELDS } from '../privacy/content-field.ts';
import { type ContentMode, type ContentModeText, parseContentMode } from '../privacy/content-mode.ts';
import type { ContentPolicyConfig } from '../privacy/content-policy.ts';
import { CREDENTIAL_DETECTORS } from '../privacy/detectors/detector-names.ts';
import type { RedactionConfig, RedactionFunction } from '../privacy/redactor.ts';
import type { FieldModes } from './parse-content.ts';
import type { SettingValues } from './setting-values.ts';

export interface ContentPolicies {
  readonly records: ContentPolicyConfig;
  readonly traces: ContentPolicyConfig;
}

/** The two content policies that the settings describe: one redaction, a mode for each. */
export function resolveContentPolicies(
  values: SettingValues,
  redactors: readonly RedactionFunction[] = [],
): ContentPolicies {
  const redaction: RedactionConfig = {
    detectors: values.redact,
    patterns: Object.entries(values.redactPatterns).map(([name, source]) => ({
      name,
      pattern: new RegExp(source, 'gu'),
    })),
    functions: redactors,
  };
  // What gives access has no business in a trace, whatever was asked for.
  const traceRedaction = { ...redaction, detectors: [...new Set([...CREDENTIAL_DETECTORS, ...values.redact])] };
  const policy = (mode: ContentModeText, fields: FieldModes, redaction: RedactionConfig): ContentPolicyConfig => ({
    default: toMode(mode),
    fields: new Map(
      CONTENT_FIELDS.flatMap((field) => (fields[field] === undefined ? [] : [[field, toMode(fields[field])] as const])),
    ),
    redaction,
    hashKey: values.hashKey,
  });
  return {
    records: policy(values.content, values.contentFields, redaction),
    traces: policy(values.traceContent, values.traceContentFields, traceRedaction),
  };
}

/** Settings are checked when they are read; whatever could still be wrong keeps nothing. */
function toMode(text: ContentModeText): ContentMode {
  return parseContentMode(text) ?? { kind: 'none' };
}
