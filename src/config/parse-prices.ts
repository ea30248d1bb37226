import { InvalidValue, type ParseValue } from './setting.ts';

/** US dollars per million tokens of one model. */
export interface ModelPrice {
  readonly inputUsdPerMillion: number;
  /** Reasoning tokens are billed as output. */
  readonly outputUsdPerMillion: number;
  /** Default: the price of input. */
  readonly cachedInputUsdPerMillion?: number;
}

const ALLOWED = 'a mapping of model names to { input, output, cached_input } in US dollars per million tokens';

/** `{ gemini-2.5-flash: { input: 0.3, output: 2.5, cached_input: 0.075 } }` */
export const prices: ParseValue<ReadonlyMap<string, ModelPrice>> = (value) => {
  if (!isMapping(value)) return new InvalidValue(value, ALLOWED);
  const parsed = new Map<string, ModelPrice>();
  for (const [model, price] of Object.entries(value)) {
    if (!isMapping(price)) return new InvalidValue(price, ALLOWED);
    const { input, output, cached_input: cachedInput, ...rest } = price;
    const known = isPrice(input) && isPrice(output) && (cachedInput === undefined || isPrice(cachedInput));
    if (!known || Object.keys(rest).length > 0) return new InvalidValue(price, ALLOWED);
    parsed.set(model, {
      inputUsdPerMillion: input,
      outputUsdPerMillion: output,
      ...(cachedInput === undefined ? {} : { cachedInputUsdPerMillion: cachedInput }),
    });
  }
  return parsed;
};

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
