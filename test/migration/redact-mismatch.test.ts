import { describe, expect, it } from 'vitest';
import { type MismatchRecord, TOKEN_MISMATCHES } from '../../src/migration/mismatch-columns.ts';
import type { ContentPolicy } from '../../src/privacy/content-policy.ts';
import { redactRow } from '../../src/record/redacted-row.ts';
import { policyOf } from '../support/policy-of.ts';

const NONE = policyOf('none');
const HASH = policyOf('hash');
const TEXT = 'Zaragoza';

const mismatch = (field: string, legacy_value: string | null, policy: ContentPolicy, more: object = {}): unknown => {
  const row: Partial<MismatchRecord> = { field, legacy_value, ...more };
  return redactRow(TOKEN_MISMATCHES, row, policy).legacy_value;
};

describe('a mismatch that is redacted', () => {
  it.each([
    ['user_question', TEXT, null],
    ['response_summary', TEXT, null],
    ['search_filters', JSON.stringify([TEXT]), '[]'],
    [
      'client_info',
      JSON.stringify({ user_agent: TEXT, ip_address: null }),
      JSON.stringify({ user_agent: TEXT, ip_address: null }),
    ],
    ['tools_used', JSON.stringify([TEXT]), JSON.stringify([TEXT])],
    ['agent_name', TEXT, TEXT],
    ['user_id', TEXT, TEXT],
    ['total_token_count', '1590', '1590'],
    ['total_token_count', '12345678901234567890', '12345678901234567890'],
    ['success', 'true', 'true'],
    ['timestamp', '2026-01-02T03:04:05.000006Z', '2026-01-02T03:04:05.000006Z'],
    ['timestamp', TEXT, null],
    ['total_token_count', TEXT, null],
    ['no_column', TEXT, null],
    ['search_filters', `["${TEXT}…`, null],
  ])('under none %s %s is %s', (field, value, expected) => {
    expect(mismatch(field, value, NONE)).toBe(expected);
  });

  it('is governed by the column that it names, and keeps the hashes of the rows that it compares', () => {
    const policy = policyOf('full', { user_id: 'hash', search_filters: 'hash', client_info: 'none' });
    expect(mismatch('user_id', TEXT, policy)).toBe(HASH.hash(TEXT));
    expect(mismatch('client_info', JSON.stringify({ user_agent: TEXT }), policy)).toBe('{"user_agent":null}');
    const rendered = JSON.stringify([HASH.hash(TEXT)]);
    expect(mismatch('search_filters', JSON.stringify([TEXT]), policy)).toBe(rendered);
    const passed = { content_policy: 'full;search_filters=hash' };
    expect(mismatch('search_filters', rendered, policy, passed)).toBe(rendered);
  });
});
