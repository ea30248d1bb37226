import { isObject } from '../base/json-value.ts';
import { InvalidValue, type ParseValue } from './parse-value.ts';

/** A mapping whose keys and values all are as `isEntry` says. */
export function mappingOf<T>(
  isEntry: (value: unknown, key: string) => value is T,
  allowed: string,
): ParseValue<Readonly<Record<string, T>>> {
  const isMapping = (value: unknown): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.entries(value).every(([key, item]) => isEntry(item, key));
  return (value) => (isMapping(value) ? { ...value } : new InvalidValue(value, allowed));
}

/** Shares by name. */
export const ratios: ParseValue<Readonly<Record<string, number>>> = mappingOf(
  (ratio): ratio is number => typeof ratio === 'number' && ratio >= 0 && ratio <= 1,
  'a mapping of names to numbers from 0 to 1',
);
