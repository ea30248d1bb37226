import { isObject } from '../base/json-value.ts';

/** A JSON value as `google.protobuf.Value`, in the form that the Google clients take. */
export type ProtobufValue =
  | { readonly nullValue: 'NULL_VALUE' }
  | { readonly numberValue: number }
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly structValue: ProtobufStruct }
  | { readonly listValue: { readonly values: readonly ProtobufValue[] } };

export interface ProtobufStruct {
  readonly fields: Readonly<Record<string, ProtobufValue>>;
}

/** A plain JSON object as `google.protobuf.Struct`; what JSON leaves out is left out. */
export function buildStruct(object: Readonly<Record<string, unknown>>): ProtobufStruct {
  const fields = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, buildValue(value)] as const);
  return { fields: Object.fromEntries(fields) };
}

function buildValue(value: unknown): ProtobufValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(buildValue) } };
  if (isObject(value)) return { structValue: buildStruct(value) };
  return { nullValue: 'NULL_VALUE' };
}

/** The JSON object of a decoded `google.protobuf.Struct`; undefined where it is none. */
export function parseStruct(struct: unknown): Record<string, unknown> | undefined {
  if (!isObject(struct) || !isObject(struct.fields)) return undefined;
  return Object.fromEntries(Object.entries(struct.fields).map(([name, value]) => [name, parseValue(value)]));
}

function parseValue(value: unknown): unknown {
  if (!isObject(value)) return null;
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.numberValue === 'number') return value.numberValue;
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (isObject(value.structValue)) return parseStruct(value.structValue) ?? {};
  if (isObject(value.listValue)) {
    return Array.isArray(value.listValue.values) ? value.listValue.values.map(parseValue) : [];
  }
  return null;
}
