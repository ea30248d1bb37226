import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLegacyRecord } from '../../src/migration/build-legacy-record.ts';
import { compareRecords, TOKEN_COLUMNS } from '../../src/migration/compare-records.ts';
import { findMismatchCauses } from '../../src/migration/find-mismatch-cause.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import type { Turn } from '../../src/spans/turn.ts';
import { cases } from '../support/property-seed.ts';
import { recordOf } from '../support/record-of.ts';
import { type SampleTurnOptions, sampleTurn } from '../support/sample-turn.ts';

const EXACT = { tokenDiffThreshold: 0, tokenDiffRatio: 0, ignore: [] };

/** Token differences as `field: cause`, with `!` where the cause does not account for them. */
function tokenCauses(turn: Turn, change: (legacy: ConversationRecord) => Partial<ConversationRecord> = () => ({})) {
  const built = buildLegacyRecord(readTurn(turn));
  const legacy = { ...built, ...change(built) };
  const differences = compareRecords(legacy, recordOf(turn), EXACT).filter(({ field }) =>
    TOKEN_COLUMNS.some((column) => column === field),
  );
  const causes = findMismatchCauses(differences, legacy, buildLegacyRecord(readTurn(turn)), readTurn(turn));
  return Object.fromEntries(
    differences.map(({ field }, index) => [field, `${causes[index]?.cause}${causes[index]?.explained ? '' : '!'}`]),
  );
}

const TOOL_LOOP: SampleTurnOptions = {
  calls: [{ usage: { input: 1_000, output: 200 } }, { usage: { input: 1_500, output: 90 }, text: 'Listo' }],
  tools: ['search_invoices'],
};
const THINKING: SampleTurnOptions = {
  calls: [{ usage: { input: 4_000, output: 900, thoughts: 640, cached: 1_024 }, text: 'Listo' }],
};

describe('causes of token differences', () => {
  it('finds none where the counts agree', () => {
    expect(tokenCauses(sampleTurn())).toEqual({});
    expect(tokenCauses(sampleTurn(THINKING))).toEqual({});
  });

  it('finds that only the last of several calls was counted', () => {
    expect(tokenCauses(sampleTurn(TOOL_LOOP))).toEqual({
      prompt_token_count: 'last_model_call',
      candidates_token_count: 'last_model_call',
      total_token_count: 'last_model_call',
    });
  });

  it('finds that thoughts were left out', () => {
    const leftOut = tokenCauses(sampleTurn(THINKING), (legacy) => ({
      thoughts_token_count: null,
      total_token_count: (legacy.total_token_count ?? 0) - 640,
    }));
    expect(leftOut).toEqual({ total_token_count: 'thoughts_left_out', thoughts_token_count: 'thoughts_left_out' });
  });

  it('finds that thoughts were counted as visible output', () => {
    const causes = tokenCauses(sampleTurn(THINKING), () => ({
      candidates_token_count: 900,
      thoughts_token_count: null,
    }));
    expect(causes).toEqual({ candidates_token_count: 'thoughts_left_out', thoughts_token_count: 'thoughts_left_out' });
  });

  it('finds that cached tokens were counted differently', () => {
    expect(tokenCauses(sampleTurn(THINKING), () => ({ prompt_token_count: 4_000 - 1_024 }))).toEqual({
      prompt_token_count: 'cached_counted_differently',
    });
    expect(tokenCauses(sampleTurn(THINKING), () => ({ prompt_token_count: 5_024, total_token_count: 5_924 }))).toEqual({
      prompt_token_count: 'cached_counted_differently',
      total_token_count: 'cached_counted_differently',
    });
  });

  it('finds two causes that act together', () => {
    const turn = sampleTurn({
      calls: [
        { usage: { input: 1_000, output: 200, thoughts: 150 } },
        { usage: { input: 1_500, output: 390, thoughts: 301 }, text: 'Listo' },
      ],
      tools: ['search_invoices'],
    });
    const causes = tokenCauses(turn, () => ({ total_token_count: 1_589, thoughts_token_count: null }));
    expect(causes).toEqual({
      prompt_token_count: 'last_model_call',
      candidates_token_count: 'last_model_call',
      total_token_count: 'last_model_call+thoughts_left_out',
      thoughts_token_count: 'thoughts_left_out',
    });
  });

  it('finds that one side has no usage', () => {
    const lastSilent = sampleTurn({ calls: [{ usage: { input: 900, output: 50 } }, { text: 'Listo' }], tools: ['x'] });
    expect(tokenCauses(lastSilent)).toEqual({});
    const firstSilent = sampleTurn({ calls: [{}, { usage: { input: 900, output: 50 }, text: 'Listo' }], tools: ['x'] });
    expect(tokenCauses(firstSilent)).toEqual({
      prompt_token_count: 'usage_missing',
      candidates_token_count: 'usage_missing',
      total_token_count: 'usage_missing',
    });
  });

  it('does not take a lost usage for explained where the spans carry it', () => {
    const lost = { prompt_token_count: null, candidates_token_count: null, total_token_count: null };
    expect(tokenCauses(sampleTurn(), () => lost)).toEqual({
      prompt_token_count: 'usage_missing!',
      candidates_token_count: 'usage_missing!',
      total_token_count: 'usage_missing!',
    });
  });

  it('does not explain usage that was kept from another turn', () => {
    const silent = sampleTurn({ calls: [{ text: 'Listo' }] });
    expect(tokenCauses(silent, () => ({ total_token_count: 777 }))).toEqual({ total_token_count: 'usage_missing!' });
  });

  it('does not guess: one token off is unknown', () => {
    const off = tokenCauses(sampleTurn(TOOL_LOOP), (legacy) => ({
      total_token_count: (legacy.total_token_count ?? 0) + 1,
    }));
    expect(off.total_token_count).toBe('unknown!');
    expect(off.prompt_token_count).toBe('last_model_call');
  });

  it('weighs the five counts together where one number fits two causes', () => {
    // Leaving 700 thoughts out of the total gives the same total as counting only the last call.
    const turn = sampleTurn({
      calls: [
        { usage: { input: 500, output: 200 } },
        { usage: { input: 1_500, output: 900, thoughts: 700 }, text: 'Listo' },
      ],
      tools: ['x'],
    });
    expect(tokenCauses(turn).total_token_count).toBe('last_model_call');
    const summed = { prompt_token_count: 2_000, candidates_token_count: 400, thoughts_token_count: null };
    expect(tokenCauses(turn, () => ({ ...summed, total_token_count: 2_400 }))).toEqual({
      total_token_count: 'thoughts_left_out',
      thoughts_token_count: 'thoughts_left_out',
    });
  });

  it('explains to the token whatever the built-in mapping counts otherwise', () => {
    const usage = fc.option(
      fc
        .record({
          input: fc.nat(20_000),
          output: fc.nat(4_000),
          thoughts: fc.option(fc.nat(4_000), { nil: undefined }),
          cached: fc.option(fc.nat(20_000), { nil: undefined }),
        })
        .map(({ input, output, thoughts, cached }) => ({
          input,
          output,
          ...(thoughts !== undefined && { thoughts: Math.min(thoughts, output) }),
          ...(cached !== undefined && { cached: Math.min(cached, input) }),
        })),
      { nil: undefined, freq: 6 },
    );
    fc.assert(
      fc.property(fc.array(usage, { minLength: 1, maxLength: 5 }), (usages) => {
        const calls = usages.map((each) => ({ text: 'Listo', ...(each && { usage: each }) }));
        const causes = Object.values(tokenCauses(sampleTurn({ calls })));
        for (const cause of causes) expect(cause).toMatch(/^(last_model_call|usage_missing)$/);
      }),
      { numRuns: cases(300) },
    );
  });
});

describe('causes of other differences', () => {
  const causesOf = (turn: Turn, change: Partial<ConversationRecord> = {}) => {
    const legacy = { ...buildLegacyRecord(readTurn(turn)), ...change };
    const differences = compareRecords(legacy, recordOf(turn), EXACT);
    const causes = findMismatchCauses(differences, legacy, buildLegacyRecord(readTurn(turn)), readTurn(turn));
    return new Map(differences.map(({ field }, index) => [field, causes[index]]));
  };

  it('tells a ZIP that was finished after the answer', () => {
    const late = causesOf(sampleTurn({ zipEndsAfterMillis: 29_000, tools: ['create_standard_zip'] }));
    expect(late.get('zip_id')).toEqual({ cause: 'zip_late', explained: true });
    expect(late.get('zip_files_included')).toEqual({ cause: 'zip_late', explained: true });
    const inTime = causesOf(sampleTurn({ zipEndsAfterMillis: -1, tools: ['create_standard_zip'] }));
    expect(inTime.has('zip_id')).toBe(false);
  });

  it('tells a text that differs, and whether the old rules account for it', () => {
    const failed = sampleTurn({ error: 'deadline exceeded' });
    expect(causesOf(failed).get('agent_response')).toEqual({ cause: 'text_differs', explained: true });
    const invented = causesOf(sampleTurn(), { agent_response: 'otra cosa' });
    expect(invented.get('agent_response')).toEqual({ cause: 'text_differs', explained: false });
  });

  it('tells a rule of the old tracker from what it cannot account for', () => {
    const apology = sampleTurn({ calls: [{ usage: { input: 1, output: 1 }, text: 'Lo siento, nada' }] });
    expect(causesOf(apology).get('success')).toEqual({ cause: 'legacy_rule', explained: true });
    expect(causesOf(sampleTurn(), { success: false }).get('success')).toEqual({ cause: 'unknown', explained: false });
  });
});
