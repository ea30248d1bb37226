import { mappingOf } from './parse-mapping.ts';
import { InvalidValue, type ParseValue } from './setting.ts';

// Parsers for settings. Numbers and booleans come typed from code and YAML, and as text from the environment.

export function oneOf<T extends string>(allowed: readonly T[]): ParseValue<T> {
  return (value) => allowed.find((each) => each === value) ?? new InvalidValue(value, allowed.join(', '));
}

/** A list, or one text with commas. */
export function listOf<T extends string>(allowed: readonly T[]): ParseValue<readonly T[]> {
  return (value) => {
    const items = splitList(value);
    if (items === undefined) return new InvalidValue(value, `one or more of ${allowed.join(', ')}`);
    const chosen: T[] = [];
    for (const item of items) {
      const known = allowed.find((each) => each === item);
      if (known === undefined) return new InvalidValue(item, `one or more of ${allowed.join(', ')}`);
      chosen.push(known);
    }
    return chosen;
  };
}

export const textList: ParseValue<readonly string[]> = (value) =>
  splitList(value) ?? new InvalidValue(value, 'a list of text');

function splitList(value: unknown): readonly string[] | undefined {
  const items = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) return undefined;
  return items.map((item: string) => item.trim()).filter((item) => item !== '');
}

export const flag: ParseValue<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  return new InvalidValue(value, 'true, false');
};

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  /** Named in the message: `seconds`, `bytes`. */
  readonly unit?: string;
}

export function numberIn({ min, max, whole = false, unit }: NumberRange): ParseValue<number> {
  const kind = `${whole ? 'a whole number' : 'a number'}${unit === undefined ? '' : ` of ${unit}`}`;
  return (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const fits = typeof number === 'number' && number >= min && number <= max && (!whole || Number.isInteger(number));
    return fits ? number : new InvalidValue(value, `${kind} from ${min} to ${max}`);
  };
}

/** Text that is not empty. */
export const text: ParseValue<string> = (value) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : new InvalidValue(value, 'text');

/** Text that names a thing of Google Cloud; a name that needs quoting has no business in a statement. */
export function textLike(pattern: RegExp, allowed: string): ParseValue<string> {
  return (value) => (typeof value === 'string' && pattern.test(value) ? value : new InvalidValue(value, allowed));
}

/** Shares by name. */
export const ratios: ParseValue<Readonly<Record<string, number>>> = mappingOf(
  (ratio): ratio is number => typeof ratio === 'number' && ratio >= 0 && ratio <= 1,
  'a mapping of names to numbers from 0 to 1',
);

/** IANA name of a time zone. */
export const timeZone: ParseValue<string> = (value) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: String(value) }).resolvedOptions().timeZone;
  } catch {
    return new InvalidValue(value, 'the IANA name of a time zone, e.g. America/Santiago');
  }
};
