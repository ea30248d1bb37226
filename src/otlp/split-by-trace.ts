import { parseTraceId } from './parse-otlp-json.ts';
import { protoField } from './proto-field.ts';
import { spanGroups } from './span-groups.ts';

/**
 * Splits an OTLP/JSON trace request into one request a trace. Spans without a usable trace id are under `''`.
 * A request that holds one trace, as most do, is given back as it is.
 */
export function splitByTrace(request: unknown): ReadonlyMap<string, unknown> {
  const requests = new Map<string, { resourceSpans: unknown[] }>();
  for (const { resource, scope, spans } of spanGroups(request)) {
    for (const span of spans) {
      const traceId = parseTraceId(protoField(span, 'traceId')) ?? '';
      const own = requests.get(traceId) ?? { resourceSpans: [] };
      requests.set(traceId, own);
      own.resourceSpans.push({ resource, scopeSpans: [{ scope, spans: [span] }] });
    }
  }
  const [only] = requests.keys();
  return only !== undefined && requests.size === 1 ? new Map([[only, request]]) : requests;
}
