import { isObject } from '../base/json-value.ts';
import { mappingOf } from './parse-mapping.ts';
import type { ParseValue } from './parse-value.ts';

/** US dollars per million tokens of one model, as the price lists of the providers give them. */
export interface ModelPriceSetting {
  readonly input: number;
  /** Reasoning tokens are billed as output. */
  readonly output: number;
  /** Default: the price of input. */
  readonly cached_input?: number;
  /** Prompt tokens written to a cache. Default: the price of input. */
  readonly cache_creation?: number;
}

export const REQUIRED_PRICES: readonly string[] = ['input', 'output'];
export const OPTIONAL_PRICES: readonly string[] = ['cached_input', 'cache_creation'];
const ALLOWED = `a mapping of model names to { ${[...REQUIRED_PRICES, ...OPTIONAL_PRICES].join(', ')} } in US dollars per million tokens`;

export const prices: ParseValue<Readonly<Record<string, ModelPriceSetting>>> = mappingOf(isPrice, ALLOWED);

function isPrice(value: unknown): value is ModelPriceSetting {
  if (!isObject(value) || !REQUIRED_PRICES.every((name) => name in value)) return false;
  return Object.entries(value).every(([name, usd]) => {
    const known = REQUIRED_PRICES.includes(name) || OPTIONAL_PRICES.includes(name);
    return known && typeof usd === 'number' && Number.isFinite(usd) && usd >= 0;
  });
}
