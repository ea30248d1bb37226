import { isArray, isObject, property } from '../base/json-value.ts';
import type { Attributes, AttributeValue } from '../spans/span-snapshot.ts';
import { protoName } from './proto-field.ts';
import { listAt } from './span-groups.ts';

const VALUE_KINDS = [
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const;

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
  for (const keyValue of isArray(keyValues) ? keyValues : []) {
    if (isObject(keyValue) && typeof keyValue.key === 'string') {
      attributes[keyValue.key] = parseAnyValue(keyValue.value, depth);
    }
  }
  return attributes;
}

function parseAnyValue(value: unknown, depth: number): AttributeValue {
  if (!isObject(value) || depth > MAX_DEPTH) return null;
  if ('stringValue' in value) return typeof value.stringValue === 'string' ? value.stringValue : null;
  if ('intValue' in value) return parseInteger(value.intValue);
  if ('doubleValue' in value) return parseDouble(value.doubleValue);
  if ('boolValue' in value) return typeof value.boolValue === 'boolean' ? value.boolValue : null;
  if ('arrayValue' in value) {
    return listAt(value.arrayValue, 'values').map((item) => parseAnyValue(item, depth + 1));
  }
  if ('kvlistValue' in value) return parseKeyValues(property(value.kvlistValue, 'values'), depth + 1);
  if ('bytesValue' in value) return typeof value.bytesValue === 'string' ? value.bytesValue : null;
  const kind = VALUE_KINDS.find((name) => protoName(name) in value);
  return kind === undefined ? null : parseAnyValue({ [kind]: value[protoName(kind)] }, depth);
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
