import type { protos } from '@google-cloud/logging';
import { isObject } from '../base/json-value.ts';

type Struct = protos.google.protobuf.IStruct;
type Value = protos.google.protobuf.IValue;

/** A plain JSON object as `google.protobuf.Struct`; what JSON leaves out is left out. */
export function buildStruct(object: Readonly<Record<string, unknown>>): Struct {
  const fields = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, buildValue(value)] as const);
  return { fields: Object.fromEntries(fields) };
}

function buildValue(value: unknown): Value {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(buildValue) } };
  if (isObject(value)) return { structValue: buildStruct(value) };
  return { nullValue: 'NULL_VALUE' };
}

/** The JSON object of a decoded `google.protobuf.Struct`. */
export function parseStruct({ fields }: Struct): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, parseValue(value)]));
}

function parseValue({ stringValue, numberValue, boolValue, structValue, listValue }: Value): unknown {
  if (structValue) return parseStruct(structValue);
  if (listValue) return (listValue.values ?? []).map(parseValue);
  return stringValue ?? numberValue ?? boolValue ?? null;
}
