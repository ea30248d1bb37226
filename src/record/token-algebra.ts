import type { ReportedUsage } from './reported-usage.ts';
import type { TokenUsage } from './turn-reading.ts';

/**
 * How the tokens of a call were understood; several apply at once and are joined with `+` in the column `token_rule`.
 * - `reasoning_included`: the reported output counts reasoning; candidates = output − reasoning.
 * - `reasoning_excluded`: the reported output leaves reasoning out; candidates = output.
 * - `reasoning_unreported`: no reasoning is reported; candidates = the whole output.
 * - `cache_excluded`: the reported input leaves cached tokens out; prompt = input + cached + cache creation.
 * - `provider_total`: the provider's own total is more than prompt + candidates + thoughts + tool-use prompt.
 * - `total_contradicted`: the reported total is less than its parts, so it is none of the provider's; they are summed.
 * - `total_unreported`: no total is reported, and it cannot be derived; NULL.
 */
type CallRule =
  | 'reasoning_included'
  | 'reasoning_excluded'
  | 'reasoning_unreported'
  | 'cache_excluded'
  | 'provider_total'
  | 'total_contradicted'
  | 'total_unreported';

export interface ResolvedUsage {
  readonly usage: TokenUsage;
  readonly rules: readonly CallRule[];
}

export const UNKNOWN_USAGE: TokenUsage = {
  prompt: null,
  candidates: null,
  thoughts: null,
  cached: null,
  cacheCreation: null,
  toolUsePrompt: null,
  total: null,
};

/**
 * Usage of one span in the record's terms. Which tokens the reported input and output include is read from the
 * reported total where there is one, else taken from the dialect.
 */
export function resolveUsage(reported: ReportedUsage): ResolvedUsage {
  const { input, output, total } = reported;
  const reasoning = reported.reasoning ?? 0;
  const cache = (reported.cached ?? 0) + (reported.cacheCreation ?? 0);
  const toolUse = reported.toolUsePrompt ?? 0;
  const meaning = chooseMeaning(reported, reasoning, cache, toolUse);

  const prompt =
    input === undefined
      ? null
      : exact(input + (meaning.cacheIncluded ? 0 : cache) - (meaning.toolUseIncluded ? toolUse : 0));
  const candidates = output === undefined ? null : output - (meaning.reasoningIncluded ? reasoning : 0);
  const sum = prompt === null || candidates === null ? null : exact(prompt + candidates + reasoning + toolUse);
  const derivable = !(reported.hidesReasoning && reported.reasoning === undefined);
  const isContradicted = total !== undefined && sum !== null && total < sum;
  const derived = derivable ? sum : null;
  const ownTotal = isContradicted ? derived : (total ?? derived);

  const rules: CallRule[] = [reasoningRule(reported.reasoning, meaning.reasoningIncluded)];
  if (cache > 0 && !meaning.cacheIncluded) rules.push('cache_excluded');
  if (isContradicted) rules.push('total_contradicted');
  else if (total !== undefined && sum !== total) rules.push('provider_total');
  if (ownTotal === null) rules.push('total_unreported');
  return {
    usage: {
      prompt,
      candidates,
      thoughts: reported.reasoning ?? null,
      cached: reported.cached ?? null,
      cacheCreation: reported.cacheCreation ?? null,
      toolUsePrompt: reported.toolUsePrompt ?? null,
      total: ownTotal,
    },
    rules,
  };
}

function reasoningRule(reasoning: number | undefined, included: boolean): CallRule {
  if (reasoning === undefined) return 'reasoning_unreported';
  return included ? 'reasoning_included' : 'reasoning_excluded';
}

interface Meaning {
  readonly reasoningIncluded: boolean;
  readonly cacheIncluded: boolean;
  readonly toolUseIncluded: boolean;
}

/** The meaning under which the parts add up to the reported total; the dialect's own where none or no total does. */
function chooseMeaning(reported: ReportedUsage, reasoning: number, cache: number, toolUse: number): Meaning {
  const { input = 0, output = 0, total } = reported;
  const possible = (meaning: Meaning): boolean =>
    (!meaning.reasoningIncluded || reasoning <= output) &&
    (!meaning.cacheIncluded || cache <= input) &&
    (!meaning.toolUseIncluded || toolUse <= input);
  const adds = (meaning: Meaning): boolean =>
    input +
      (meaning.cacheIncluded ? 0 : cache) +
      output +
      (meaning.reasoningIncluded ? 0 : reasoning) +
      (meaning.toolUseIncluded ? 0 : toolUse) ===
    total;

  const meanings = meaningsInOrder(reported, reasoning, cache, toolUse).filter(possible);
  const told = total === undefined ? undefined : meanings.find(adds);
  return told ?? meanings[0] ?? { reasoningIncluded: false, cacheIncluded: false, toolUseIncluded: false };
}

/** All meanings, the dialect's own first; a part that is zero has one meaning. */
function meaningsInOrder(reported: ReportedUsage, reasoning: number, cache: number, toolUse: number): Meaning[] {
  const both = (own: boolean, part: number): readonly boolean[] => (part > 0 ? [own, !own] : [true]);
  const meanings: Meaning[] = [];
  for (const toolUseIncluded of both(false, toolUse)) {
    for (const cacheIncluded of both(reported.inputIncludesCached, cache)) {
      for (const reasoningIncluded of both(reported.outputIncludesReasoning, reasoning)) {
        meanings.push({ reasoningIncluded, cacheIncluded, toolUseIncluded });
      }
    }
  }
  return meanings;
}

/**
 * Sum over calls. A count that one of the calls must have and lacks makes the sum NULL: a partial sum is a wrong
 * number. The optional counts (thoughts, cached…) are reported only where they are not zero, so a missing one is none.
 */
export function sumUsage(usages: readonly TokenUsage[]): TokenUsage {
  const known = (name: keyof TokenUsage): number | null => {
    const counts = usages.map((usage) => usage[name]).filter((count) => count !== null);
    return counts.length === 0 ? null : exact(counts.reduce((a, b) => a + b));
  };
  const all = (name: keyof TokenUsage): number | null =>
    usages.some((usage) => usage[name] === null) ? null : known(name);
  return {
    prompt: all('prompt'),
    candidates: all('candidates'),
    thoughts: known('thoughts'),
    cached: known('cached'),
    cacheCreation: known('cacheCreation'),
    toolUsePrompt: known('toolUsePrompt'),
    total: all('total'),
  };
}

/** A sum that a double does not hold exactly is no count. */
function exact(sum: number): number | null {
  return Number.isSafeInteger(sum) ? sum : null;
}
