/**
 * One text message in the JSON form of the GenAI semantic conventions.
 * Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/non-normative/examples-llm-calls/
 */
export function messageJson(role: 'user' | 'assistant', text: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
}
