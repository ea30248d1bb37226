import { parseTraceId } from './parse-otlp-json.ts';

/**
 * Splits an OTLP/JSON trace request into one request a trace. Spans without a usable trace id are under `''`.
 * A request that holds one trace, as most do, is given back as it is.
 */
export function splitByTrace(request: unknown): ReadonlyMap<string, unknown> {
  const traceIds = new Set<string>();
  visitSpans(request, (span) => traceIds.add(traceIdOf(span)));
  const [only] = traceIds;
  if (only !== undefined && traceIds.size === 1) return new Map([[only, request]]);
  const requests = new Map<string, { resourceSpans: unknown[] }>();
  visitSpans(request, (span, resource, scope) => {
    const traceId = traceIdOf(span);
    const own = requests.get(traceId) ?? { resourceSpans: [] };
    requests.set(traceId, own);
    own.resourceSpans.push({ resource, scopeSpans: [{ scope, spans: [span] }] });
  });
  return requests;
}

function visitSpans(request: unknown, visit: (span: unknown, resource: unknown, scope: unknown) => void): void {
  for (const resourceSpans of list(request, 'resourceSpans')) {
    for (const scopeSpans of list(resourceSpans, 'scopeSpans')) {
      for (const span of list(scopeSpans, 'spans')) {
        visit(span, field(resourceSpans, 'resource'), field(scopeSpans, 'scope'));
      }
    }
  }
}

function traceIdOf(span: unknown): string {
  return parseTraceId(field(span, 'traceId')) ?? '';
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
