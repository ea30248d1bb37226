import { firstOf } from '../../base/first-of.ts';
import { asContainer, isArray, nonEmptyString, property } from '../../base/json-value.ts';
import type { Attributes, SpanSnapshot } from '../../spans/span-snapshot.ts';

/** The first of the attributes that holds text. A loop: it is asked of every span of the process, many times. */
export function textOf(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = nonEmptyString(attributes[key]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A list of texts: an array, JSON text of one, or a single text. */
export function textsOf(attributes: Attributes, ...keys: readonly string[]): readonly string[] {
  for (const key of keys) {
    const value = attributes[key];
    const container = asContainer(value);
    const list = isArray(container) ? container : [value];
    const texts = list.filter((item) => nonEmptyString(item) !== undefined).map(String);
    if (texts.length > 0) return texts;
  }
  return [];
}

/** A duration in whole milliseconds from a count of some unit; `undefined` unless it is finite and not negative. */
export function durationMs(value: unknown, millisPerUnit: number): number | undefined {
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  const millis = Math.floor(value * millisPerUnit);
  return Number.isSafeInteger(millis) ? millis : undefined;
}

/** Why a span failed, as OpenTelemetry says it: an error status, with the words of the status, else of an exception. */
export function statusError(span: SpanSnapshot): string | undefined {
  if (span.status.code !== 'error') return undefined;
  return (
    nonEmptyString(span.status.message) ??
    exceptionMessage(span) ??
    textOf(span.attributes, 'error.message', 'error.type') ??
    'unknown error'
  );
}

/** The message of the last exception that was recorded on a span. */
export function exceptionMessage(span: SpanSnapshot): string | undefined {
  const exception = span.events.findLast((event) => event.name === 'exception');
  if (exception === undefined) return undefined;
  return textOf(exception.attributes, 'exception.message', 'exception.type') ?? 'unknown exception';
}

/** Why a Gemini response is none, as ADK says it inside the response: `SAFETY`, a code of the service. */
export function responseError(response: unknown): string | undefined {
  const said = (...keys: readonly string[]): string | undefined =>
    firstOf(keys, (key) => nonEmptyString(property(response, key)));
  const code = said('errorCode', 'error_code');
  return code && (said('errorMessage', 'error_message') ?? code);
}
