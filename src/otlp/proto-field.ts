import { property } from '../base/json-value.ts';

const protoNames = new Map<string, string>();

/**
 * A field of a message in its JSON name, else in that of the protocol's file (`traceId`, `trace_id`), which parsers of
 * the JSON form must accept. Source: https://protobuf.dev/programming-guides/json/#field-names
 */
export function protoField(message: unknown, jsonName: string): unknown {
  return property(message, jsonName) ?? property(message, protoName(jsonName));
}

export function protoName(jsonName: string): string {
  let name = protoNames.get(jsonName);
  if (name === undefined) {
    name = jsonName.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    protoNames.set(jsonName, name);
  }
  return name;
}
