import { describe, expect, it } from 'vitest';
import { type ComparisonConfig, compareRecords } from '../../src/migration/compare-records.ts';
import { CONVERSATION_COLUMNS, type ConversationRecord } from '../../src/record/conversation-columns.ts';
import { recordOf } from '../support/record-of.ts';
import { sampleTurn } from '../support/sample-turn.ts';

const DEFAULTS: ComparisonConfig = { tokenDiffThreshold: 100, tokenDiffRatio: 0, ignore: [] };
const RECORD = recordOf(sampleTurn({ tools: ['search_invoices'] }));

function differences(
  legacy: Partial<ConversationRecord>,
  solid: Partial<ConversationRecord> = {},
  config: Partial<ComparisonConfig> = {},
): [field: string, diff: number | null, threshold: number | null][] {
  const found = compareRecords({ ...RECORD, ...legacy }, { ...RECORD, ...solid }, { ...DEFAULTS, ...config });
  return found.map(({ field, diff, threshold }) => [field, diff, threshold]);
}

describe('compareRecords', () => {
  it('compares the 48 columns that the old tracker wrote, and no other', () => {
    const other = Object.fromEntries(
      CONVERSATION_COLUMNS.map(({ name, mode }) => [name, mode === 'REPEATED' ? ['another'] : 'another']),
    );
    const fields = compareRecords(RECORD, { ...RECORD, ...other }, DEFAULTS).map(({ field }) => field);
    expect(fields).toEqual(CONVERSATION_COLUMNS.slice(0, 48).map(({ name }) => name));
  });

  it.each([
    [1_500, 1_600, []],
    [1_500, 1_601, [['total_token_count', 101, 100]]],
    [1_601, 1_500, [['total_token_count', -101, 100]]],
    [0, 100, []],
    [null, 5, [['total_token_count', null, 100]]],
    [5, null, [['total_token_count', null, 100]]],
    [0, null, [['total_token_count', null, 100]]],
    [null, null, []],
  ])('tokens: legacy %s, solid %s', (legacy, solid, expected) => {
    expect(differences({ total_token_count: legacy }, { total_token_count: solid })).toEqual(expected);
  });

  it('also takes counts for equal that are within the share of the legacy count', () => {
    const config = { tokenDiffRatio: 0.05 };
    expect(differences({ total_token_count: 10_000 }, { total_token_count: 10_500 }, config)).toEqual([]);
    expect(differences({ total_token_count: 10_000 }, { total_token_count: 10_501 }, config)).toEqual([
      ['total_token_count', 501, 500],
    ]);
    expect(differences({ total_token_count: 10 }, { total_token_count: 110 }, config)).toEqual([]);
  });

  it('compares other numbers exactly, but for the last digits of a fraction', () => {
    expect(differences({ response_time_ms: 1 }, { response_time_ms: 2 })).toEqual([['response_time_ms', 1, null]]);
    expect(differences({ response_quality_score: 0.3 }, { response_quality_score: 0.1 + 0.2 })).toEqual([]);
  });

  it('compares times as instants, lists in order, and records by their fields', () => {
    expect(differences({ timestamp: '2025-06-05T12:48:33.123' })).toEqual([]);
    expect(differences({ timestamp: '2025-06-05 12:48:33.123000' })).toEqual([]);
    expect(differences({ timestamp: '2025-06-05T12:48:34' })).toEqual([['timestamp', null, null]]);
    expect(differences({ tools_used: ['a', 'b'] }, { tools_used: ['b', 'a'] })).toEqual([['tools_used', null, null]]);
    const client = { user_agent: 'x', ip_address: null, platform: null };
    expect(differences({ client_info: client }, { client_info: { ...client } })).toEqual([]);
    expect(differences({ client_info: null }, { client_info: client })).toEqual([['client_info', null, null]]);
  });

  it('ignores columns as it is told to', () => {
    const [legacy, solid] = [{ error_message: 'x' }, { error_message: null }];
    expect(differences(legacy, solid)).toEqual([['error_message', null, null]]);
    expect(differences(legacy, solid, { ignore: ['error_message'] })).toEqual([]);
  });
});
