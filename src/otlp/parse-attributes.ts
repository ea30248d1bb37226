import type { Attributes, AttributeValue } from '../spans/span-snapshot.ts';

/** Deeper values are cut to NULL: no instrumentation nests so far, and a hostile one must not exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * Reads a list of OTLP `KeyValue`s. Total; of a key given twice the last value counts.
 *
 * @returns an object without a prototype, so that any text is a safe key
 */
export function parseAttributes(keyValues: unknown): Attributes {
  return Object.freeze(parseKeyValues(keyValues, 0));
}

function parseKeyValues(keyValues: unknown, depth: number): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  if (!Array.isArray(keyValues)) return attributes;
  for (const keyValue of keyValues) {
    if (typeof keyValue !== 'object' || keyValue === null || typeof keyValue.key !== 'string') continue;
    attributes[keyValue.key] = parseAnyValue(keyValue.value, depth);
  }
  return attributes;
}

function parseAnyValue(value: unknown, depth: number): AttributeValue {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return null;
  if ('stringValue' in value) return typeof value.stringValue === 'string' ? value.stringValue : null;
  if ('intValue' in value) return parseInteger(value.intValue);
  if ('doubleValue' in value) return parseDouble(value.doubleValue);
  if ('boolValue' in value) return typeof value.boolValue === 'boolean' ? value.boolValue : null;
  if ('arrayValue' in value) return parseArray(value.arrayValue, depth);
  if ('kvlistValue' in value) return parseRecord(value.kvlistValue, depth);
  if ('bytesValue' in value) return typeof value.bytesValue === 'string' ? value.bytesValue : null;
  return null;
}

/** A number where a double holds it exactly, else its decimal text. */
function parseInteger(value: unknown): AttributeValue {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The JSON form writes `NaN` and the infinities as text. */
function parseDouble(value: unknown): AttributeValue {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : null;
}

function parseArray(value: unknown, depth: number): AttributeValue {
  if (typeof value !== 'object' || value === null || !('values' in value) || !Array.isArray(value.values)) return [];
  return value.values.map((item: unknown) => parseAnyValue(item, depth + 1));
}

function parseRecord(value: unknown, depth: number): AttributeValue {
  return parseKeyValues(
    typeof value === 'object' && value !== null && 'values' in value ? value.values : [],
    depth + 1,
  );
}
