import type { ModelCallReading, TokenUsage, TurnReading } from './turn-reading.ts';

/** Prices of one model in US dollars per million tokens, named as in the configuration file. */
export interface ModelPrice {
  /** Fresh prompt tokens, and tool-use prompt tokens. */
  readonly input: number;
  /** Candidates and thoughts. */
  readonly output: number;
  /** Prompt tokens served from a cache. Default: the price of input. */
  readonly cached_input?: number;
  /** Prompt tokens written to a cache. Default: the price of input. */
  readonly cache_creation?: number;
}

/** Prices by model name, as the response or the request names it. */
export type ModelPrices = Readonly<Record<string, ModelPrice>>;

const MILLION = 1_000_000;

/** Cost of a turn in US dollars; NULL unless every token of the turn is known and has a configured price. */
export function estimateCost(reading: TurnReading, prices: ModelPrices | undefined): number | null {
  const { prompt, candidates } = reading.usage;
  if (prices === undefined || prompt === null || candidates === null) return null;
  let counted = 0;
  let cost = 0;
  for (const call of [...reading.modelCalls, ...reading.callSums]) {
    if (call.usage === undefined) continue;
    const price = priceOf(call, prices);
    const own = price === undefined ? null : costOf(call.usage, price);
    if (own === null) return null;
    counted += 1;
    cost += own;
  }
  return counted > 0 && Number.isFinite(cost) ? cost : null;
}

function priceOf(call: ModelCallReading, prices: ModelPrices): ModelPrice | undefined {
  const named = [call.responseModel, call.requestModel].find(
    (name) => name !== undefined && Object.hasOwn(prices, name),
  );
  return named === undefined ? undefined : prices[named];
}

function costOf(usage: TokenUsage, price: ModelPrice): number | null {
  if (usage.prompt === null || usage.candidates === null) return null;
  const cached = usage.cached ?? 0;
  const created = usage.cacheCreation ?? 0;
  const fresh = Math.max(0, usage.prompt - cached - created) + (usage.toolUsePrompt ?? 0);
  const output = usage.candidates + (usage.thoughts ?? 0);
  const dollars =
    fresh * price.input +
    cached * (price.cached_input ?? price.input) +
    created * (price.cache_creation ?? price.input) +
    output * price.output;
  return dollars / MILLION;
}
