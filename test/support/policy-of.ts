import type { ContentField } from '../../src/privacy/content-field.ts';
import { parseContentMode } from '../../src/privacy/content-mode.ts';
import { type ContentPolicy, type ContentPolicyConfig, createContentPolicy } from '../../src/privacy/content-policy.ts';

/** A content policy by the words of the settings. */
export function policyOf(
  mode: string,
  fields: Readonly<Partial<Record<ContentField, string>>> = {},
  more: Partial<ContentPolicyConfig['redaction']> & { readonly hashKey?: string } = {},
): ContentPolicy {
  const parse = (text: string) => parseContentMode(text) ?? { kind: 'none' as const };
  const { hashKey, ...redaction } = more;
  return createContentPolicy({
    default: parse(mode),
    fields: new Map(Object.entries(fields).map(([field, text]) => [field as ContentField, parse(text)])),
    redaction: { detectors: [], patterns: [], functions: [], ...redaction },
    hashKey,
  });
}
