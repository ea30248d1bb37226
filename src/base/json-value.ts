/** Narrowing of values of unknown origin: span attributes and what was parsed from them. */

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Own property of an object; `undefined` for anything else, so that paths can be followed without checks between. */
export function property(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at a path of own properties. */
export function propertyAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = property(at, key);
  return at;
}

/** A string that says something: not empty. */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The object or array that a text holds, if it looks like one and is one. Scalars stay text: `42` typed by a user is
 * no JSON. V8 parses without recursion, so nesting cannot exhaust the stack here; readers bound their own depth.
 */
export function parseContainer(text: string): JsonObject | readonly unknown[] | undefined {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) || isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The string that JSON text holds; `undefined` where it holds anything else. */
export function parseJsonString(text: string | undefined): string | undefined {
  if (text?.startsWith('"') !== true) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The container in a value that is one already, or that is text which holds one. */
export function asContainer(value: unknown): JsonObject | readonly unknown[] | undefined {
  if (typeof value === 'string') return parseContainer(value);
  return isObject(value) || isArray(value) ? value : undefined;
}
