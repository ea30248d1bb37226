import { isArray, property } from '../base/json-value.ts';

/** The spans of an OTLP/JSON trace request, with the resource and scope that they share; nothing is checked. */
export function* spanGroups(
  request: unknown,
): Generator<{ readonly resource: unknown; readonly scope: unknown; readonly spans: readonly unknown[] }> {
  for (const resourceSpans of listAt(request, 'resourceSpans')) {
    const resource = property(resourceSpans, 'resource');
    for (const scopeSpans of listAt(resourceSpans, 'scopeSpans')) {
      yield { resource, scope: property(scopeSpans, 'scope'), spans: listAt(scopeSpans, 'spans') };
    }
  }
}

/** The list that a property of an object holds; empty where it holds none. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const list = property(value, key);
  return isArray(list) ? list : [];
}
