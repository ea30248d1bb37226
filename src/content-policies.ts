import type { FieldModes, SettingValues } from './config/setting-values.ts';
import type { ContentField } from './content/content-field.ts';
import { type ContentMode, type ContentModeText, parseContentMode } from './content/content-mode.ts';
import type { ContentPolicyConfig } from './content/content-policy.ts';
import type { RedactionFunction } from './content/redactor.ts';

export interface ContentPolicies {
  readonly records: ContentPolicyConfig;
  readonly traces: ContentPolicyConfig;
}

/** The two content policies that the settings describe: one redaction, a mode for each. */
export function resolveContentPolicies(
  values: SettingValues,
  redactors: readonly RedactionFunction[] = [],
): ContentPolicies {
  const redaction = {
    detectors: values.redact,
    patterns: Object.entries(values.redactPatterns).map(([name, source]) => ({
      name,
      pattern: new RegExp(source, 'gu'),
    })),
    functions: redactors,
  };
  const policy = (mode: ContentModeText, fields: FieldModes): ContentPolicyConfig => ({
    default: toMode(mode),
    fields: new Map(entriesOf(fields).map(([field, text]) => [field, toMode(text)])),
    redaction,
    hashKey: values.hashKey,
  });
  return {
    records: policy(values.content, values.contentFields),
    traces: policy(values.traceContent, values.traceContentFields),
  };
}

/** Settings are checked when they are read; whatever could still be wrong keeps nothing. */
function toMode(text: ContentModeText): ContentMode {
  return parseContentMode(text) ?? { kind: 'none' };
}

function entriesOf(fields: FieldModes): [ContentField, ContentModeText][] {
  return Object.entries(fields) as [ContentField, ContentModeText][];
}
