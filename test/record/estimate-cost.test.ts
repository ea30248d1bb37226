import { expect, it } from 'vitest';
import { recordOf } from '../support/record-of.ts';
import { sampleTurn } from '../support/sample-turn.ts';

const prices = { 'gemini-2.5-flash': { input: 1, output: 10, cached_input: 0.1 } };

it('prices fresh, cached and output tokens of every call apart', () => {
  const turn = sampleTurn({
    calls: [
      { usage: { input: 1_000_000, output: 100_000, thoughts: 60_000, cached: 400_000 } },
      { usage: { input: 500_000, output: 0 } },
    ],
  });
  expect(recordOf(turn, { prices }).estimated_cost_usd).toBeCloseTo(0.6 + 0.04 + 1 + 0.5, 10);
});

it('says nothing where a token has no price or no count', () => {
  const priced = sampleTurn({ calls: [{ usage: { input: 1, output: 1 } }] });
  expect(recordOf(priced).estimated_cost_usd).toBeNull();
  expect(recordOf(priced, { prices: { other: { input: 1, output: 1 } } }).estimated_cost_usd).toBeNull();
  const silent = sampleTurn({ calls: [{ usage: { input: 1, output: 1 } }, { text: 'no usage' }] });
  expect(recordOf(silent, { prices }).estimated_cost_usd).toBeNull();
});
