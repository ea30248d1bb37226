import { firstOf } from '../base/first-of.ts';
import { isArray } from '../base/json-value.ts';
import { protoField, protoName } from './proto-field.ts';

/** Names of the levels of a trace request; the later ones are those of OTLP before 0.19. */
const RESOURCE_SPANS = 'resourceSpans';
const SCOPE_SPANS = ['scopeSpans', 'instrumentationLibrarySpans'];
const SCOPE = ['scope', 'instrumentationLibrary'];

/** The same as paths of a document: below an array where one holds several requests. */
export const RESOURCE_SPAN_KEYS: ReadonlySet<unknown> = new Set(spellings([RESOURCE_SPANS]));
export const SPAN_PATHS: readonly string[] = ['$', '$.*'].flatMap((top) =>
  spellings([RESOURCE_SPANS]).flatMap((resources) => [
    `${top}.${resources}.*.resource`,
    ...spellings(SCOPE_SPANS).flatMap((scopes) =>
      [...spellings(SCOPE), 'spans.*'].map((last) => `${top}.${resources}.*.${scopes}.*.${last}`),
    ),
  ]),
);

/** The spans of an OTLP/JSON trace request, with the resource and scope that they share; nothing is checked. */
export function* spanGroups(
  request: unknown,
): Generator<{ readonly resource: unknown; readonly scope: unknown; readonly spans: readonly unknown[] }> {
  for (const resourceSpans of listAt(request, RESOURCE_SPANS)) {
    const resource = protoField(resourceSpans, 'resource');
    for (const scopeSpans of listAt(resourceSpans, ...SCOPE_SPANS)) {
      const scope = firstOf(SCOPE, (key) => protoField(scopeSpans, key));
      yield { resource, scope, spans: listAt(scopeSpans, 'spans') };
    }
  }
}

/** Whether a value is a trace request, or a list of them. */
export function isTraceRequest(value: unknown): boolean {
  if (isArray(value)) return value.length > 0 && value.every((each) => !isArray(each) && isTraceRequest(each));
  return protoField(value, RESOURCE_SPANS) !== undefined;
}

/** The list that a field of a message holds, under the first of the names; empty where there is none. */
export function listAt(message: unknown, ...names: readonly string[]): readonly unknown[] {
  const list = firstOf(names, (name) => protoField(message, name));
  return isArray(list) ? list : [];
}

function spellings(names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => [name, protoName(name)]))];
}
