import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReportedUsage, readUsageObject, reportedUsage, tokenCount } from '../../src/record/reported-usage.ts';
import { resolveUsage, sumUsage, UNKNOWN_USAGE } from '../../src/record/token-algebra.ts';

function resolve(usage: Partial<ReportedUsage>): ReturnType<typeof resolveUsage> {
  const reported = reportedUsage(usage);
  if (reported === undefined) throw new Error('the sample reports nothing');
  return resolveUsage(reported);
}

describe('resolveUsage', () => {
  it.each([
    {
      says: 'included, as the total tells against the dialect',
      usage: { input: 100, output: 50, reasoning: 30, total: 150, outputIncludesReasoning: false },
      expected: { prompt: 100, candidates: 20, thoughts: 30, total: 150 },
      rules: ['reasoning_included'],
    },
    {
      says: 'excluded, as the total tells against the dialect',
      usage: { input: 100, output: 50, reasoning: 30, total: 180, outputIncludesReasoning: true },
      expected: { prompt: 100, candidates: 50, thoughts: 30, total: 180 },
      rules: ['reasoning_excluded'],
    },
    {
      says: 'the dialect decides without a total',
      usage: { input: 100, output: 50, reasoning: 30, outputIncludesReasoning: false },
      expected: { prompt: 100, candidates: 50, thoughts: 30, total: 180 },
      rules: ['reasoning_excluded'],
    },
    {
      says: 'more reasoning than output cannot be included',
      usage: { input: 100, output: 50, reasoning: 60 },
      expected: { prompt: 100, candidates: 50, thoughts: 60, total: 210 },
      rules: ['reasoning_excluded'],
    },
    {
      says: 'free keys that count disjoint parts',
      usage: { input: 476, output: 20, cached: 1024, reasoning: 300, total: 1820, inputIncludesCached: false },
      expected: { prompt: 1500, candidates: 20, thoughts: 300, cached: 1024, total: 1820 },
      rules: ['reasoning_excluded', 'cache_excluded'],
    },
    {
      says: 'an input that excludes what was read from a cache and what was written to it',
      usage: { input: 9, output: 7, cached: 5, cacheCreation: 2, inputIncludesCached: false },
      expected: { prompt: 16, candidates: 7, cached: 5, cacheCreation: 2, total: 23 },
      rules: ['reasoning_unreported', 'cache_excluded'],
    },
    {
      says: 'an input that excludes what was written to a cache, as the total tells against the dialect',
      usage: { input: 9, output: 7, cacheCreation: 2, total: 18, inputIncludesCached: true },
      expected: { prompt: 11, candidates: 7, cacheCreation: 2, total: 18 },
      rules: ['reasoning_unreported', 'cache_excluded'],
    },
    {
      says: 'a total below its parts is none of the provider’s',
      usage: { input: 258, output: 224, cached: 1152, total: 482, inputIncludesCached: false },
      expected: { prompt: 1410, candidates: 224, cached: 1152, total: 1634 },
      rules: ['reasoning_unreported', 'cache_excluded', 'total_contradicted'],
    },
    {
      says: 'a total above its parts is the provider’s own',
      usage: { input: 10, output: 5, total: 20 },
      expected: { prompt: 10, candidates: 5, total: 20 },
      rules: ['reasoning_unreported', 'provider_total'],
    },
    {
      says: 'tool-use prompt tokens stand beside the prompt',
      usage: { input: 100, output: 5, toolUsePrompt: 40, total: 145 },
      expected: { prompt: 100, toolUsePrompt: 40, total: 145 },
      rules: ['reasoning_unreported'],
    },
    {
      says: 'tool-use prompt tokens that the total counts within the prompt',
      usage: { input: 100, output: 5, toolUsePrompt: 40, total: 105 },
      expected: { prompt: 60, toolUsePrompt: 40, total: 105 },
      rules: ['reasoning_unreported'],
    },
    {
      says: 'hidden reasoning leaves no total to derive',
      usage: { input: 100, output: 5, hidesReasoning: true },
      expected: { prompt: 100, candidates: 5, thoughts: null, total: null },
      rules: ['reasoning_unreported', 'total_unreported'],
    },
  ])('$says', ({ usage, expected, rules }) => {
    const resolved = resolve(usage);
    expect(resolved.usage).toMatchObject(expected);
    expect(resolved.rules).toEqual(rules);
  });

  it('adds up, or says why not, whatever is reported', () => {
    const count = fc.option(fc.nat({ max: 5000 }), { nil: undefined });
    const anyUsage = fc.record({
      input: count,
      output: count,
      total: count,
      cached: count,
      cacheCreation: count,
      reasoning: count,
      toolUsePrompt: count,
      outputIncludesReasoning: fc.boolean(),
      inputIncludesCached: fc.boolean(),
      hidesReasoning: fc.boolean(),
    });
    fc.assert(
      fc.property(anyUsage, (usage) => {
        fc.pre(usage.input !== undefined || usage.output !== undefined || usage.total !== undefined);
        const { usage: resolved, rules } = resolve(usage);
        for (const part of Object.values(resolved)) expect(part === null || part >= 0).toBe(true);
        if (resolved.total === null) expect(rules).toContain('total_unreported');
        if (resolved.total === null || resolved.prompt === null || resolved.candidates === null) return;
        if (rules.includes('provider_total')) return;
        const sum = resolved.prompt + resolved.candidates + (resolved.thoughts ?? 0) + (resolved.toolUsePrompt ?? 0);
        expect(sum).toBe(resolved.total);
      }),
    );
  });
});

describe('sumUsage', () => {
  const call = { ...UNKNOWN_USAGE, prompt: 10, candidates: 2, total: 12 };

  it('takes a missing optional count for none, and a missing count of a call for an unknown sum', () => {
    expect(sumUsage([call, { ...call, cached: 4 }])).toMatchObject({ prompt: 20, cached: 4, thoughts: null });
    expect(sumUsage([call, { ...call, prompt: null }])).toMatchObject({ prompt: null, candidates: 4, total: 24 });
  });

  it('has no sum beyond what a double counts', () => {
    const huge = { ...call, prompt: Number.MAX_SAFE_INTEGER };
    expect(sumUsage([huge, huge]).prompt).toBeNull();
  });
});

describe('tokenCount', () => {
  it.each([
    [12, 12],
    ['12', 12],
    [-0, 0],
    [-1, undefined],
    [1.5, undefined],
    ['1.5', undefined],
    ['12abc', undefined],
    ['9007199254740993', undefined],
    [9_007_199_254_740_992, undefined],
    [Number.NaN, undefined],
    [true, undefined],
    [null, undefined],
  ])('%s → %s', (value, expected) => {
    expect(Object.is(tokenCount(value), expected)).toBe(true);
  });
});

describe('readUsageObject', () => {
  it.each([
    {
      provider: 'Gemini',
      usage: { promptTokenCount: 9, candidatesTokenCount: 3, thoughtsTokenCount: 4, totalTokenCount: 16 },
      expected: { input: 9, output: 3, reasoning: 4, total: 16, outputIncludesReasoning: false },
    },
    {
      provider: 'OpenAI chat',
      usage: { prompt_tokens: 9, completion_tokens: 7, completion_tokens_details: { reasoning_tokens: 4 } },
      expected: { input: 9, output: 7, reasoning: 4, outputIncludesReasoning: true },
    },
    {
      provider: 'Anthropic',
      usage: { input_tokens: 9, output_tokens: 7, cache_read_input_tokens: 5, cache_creation_input_tokens: 2 },
      expected: { input: 9, cached: 5, cacheCreation: 2, inputIncludesCached: false },
    },
    {
      provider: 'LangChain',
      usage: { input_tokens: 9, output_tokens: 7, total_tokens: 16, input_token_details: { cache_read: 5 } },
      expected: { input: 9, cached: 5, total: 16, inputIncludesCached: true },
    },
  ])('reads $provider', ({ usage, expected }) => {
    expect(readUsageObject(usage)).toMatchObject(expected);
  });

  it('reads nothing where there is nothing', () => {
    expect(readUsageObject({ prompt_tokens: -1 })).toBeUndefined();
    expect(readUsageObject('12')).toBeUndefined();
  });
});
