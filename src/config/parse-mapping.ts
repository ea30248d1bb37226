import { InvalidValue, type ParseValue } from './setting.ts';

/** A mapping whose keys and values all are as `isEntry` says. */
export function mappingOf<T>(
  isEntry: (value: unknown, key: string) => value is T,
  allowed: string,
): ParseValue<Readonly<Record<string, T>>> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return new InvalidValue(value, allowed);
    const entries: Record<string, T> = {};
    for (const [key, item] of Object.entries(value)) {
      if (!isEntry(item, key)) return new InvalidValue({ [key]: item }, allowed);
      entries[key] = item;
    }
    return entries;
  };
}
