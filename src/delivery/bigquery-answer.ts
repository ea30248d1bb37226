import { isObject, nonEmptyString, parseContainer } from '../base/json-value.ts';
import type { InsertOutcome, RowError } from './insert-transport.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Value of the `Retry-After` header. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const INSERT_KIND = 'bigquery#tableDataInsertAllResponse';
/** Reasons of a row error that say nothing about the row. */
const PASSING_REASONS = new Set(['backendError', 'internalError', 'timeout', 'rateLimitExceeded', 'quotaExceeded']);
const UNKNOWN_COLUMN = /no such field:?\s*([^\s]+?)\.?\s*$/i;
/** What a row's reason may take in a log entry. */
const MAX_REASON_LENGTH = 500;

/**
 * Reads an answer to `tabledata.insertAll` strictly: only the documented body of a 200 counts as stored. A 200 with a
 * page, with `{}` or with errors for rows that were not sent is an answer of somebody else, and says nothing.
 *
 * @param rowCount rows in the request
 * @param nowMillis wall clock, for a `Retry-After` that is a date
 */
export function parseInsertAnswer(answer: HttpAnswer, rowCount: number, nowMillis: number): InsertOutcome {
  if (answer.status >= 200 && answer.status < 300) return parseSuccess(answer, rowCount);
  const reason = describeFailure(answer);
  if (answer.status === 400 || answer.status === 413) return { status: 'rejected', reason };
  const retryAfterMillis = parseRetryAfter(answer.retryAfter, nowMillis);
  return { status: 'unavailable', reason, ...(retryAfterMillis !== undefined && { retryAfterMillis }) };
}

/** Milliseconds that a `Retry-After` header asks to wait: whole seconds, or an HTTP date. */
export function parseRetryAfter(header: string | undefined, nowMillis: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const millis = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMillis;
  return Number.isFinite(millis) ? Math.max(0, millis) : undefined;
}

function parseSuccess(answer: HttpAnswer, rowCount: number): InsertOutcome {
  const unclear: InsertOutcome = {
    status: 'unavailable',
    reason: `unclear-answer: ${answer.status}, but not from insertAll`,
  };
  const body = parseContainer(answer.body);
  if (!isObject(body) || body.kind !== INSERT_KIND) return unclear;
  if (body.insertErrors === undefined) return { status: 'answered', rowErrors: [] };
  if (!Array.isArray(body.insertErrors)) return unclear;
  const rowErrors: RowError[] = [];
  for (const item of body.insertErrors as unknown[]) {
    // Row 0 comes without an index from servers that leave out zeros.
    const index = isObject(item) ? (item.index ?? 0) : undefined;
    if (!isObject(item) || typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= rowCount) {
      return unclear;
    }
    rowErrors.push(parseRowError(index, Array.isArray(item.errors) ? item.errors : []));
  }
  return { status: 'answered', rowErrors };
}

/** The gravest of a row's errors. */
function parseRowError(index: number, errors: readonly unknown[]): RowError {
  const parsed = errors.filter(isObject).map((error) => parseError(index, error));
  const gravest = (['refused', 'unknown-column', 'retry', 'stopped'] as const)
    .map((kind) => parsed.find((error) => error.kind === kind))
    .find((error) => error !== undefined);
  return gravest ?? { index, kind: 'refused', reason: 'no-reason' };
}

function parseError(index: number, error: Readonly<Record<string, unknown>>): RowError {
  const text = (name: string): string => nonEmptyString(error[name]) ?? '';
  const [code, message, location] = [text('reason'), text('message'), text('location')];
  const reason = [code || 'error', location, message]
    .filter((part) => part !== '')
    .join(': ')
    .slice(0, MAX_REASON_LENGTH);
  if (code === 'stopped') return { index, kind: 'stopped', reason };
  if (PASSING_REASONS.has(code)) return { index, kind: 'retry', reason };
  const unknown = UNKNOWN_COLUMN.exec(message);
  if (unknown === null) return { index, kind: 'refused', reason };
  const column = (location === '' ? (unknown[1] ?? '') : location).replace(/\[\d+\]/g, '');
  return { index, kind: 'unknown-column', reason, column };
}

function describeFailure(answer: HttpAnswer): string {
  const body = parseContainer(answer.body);
  const error = isObject(body) && isObject(body.error) ? body.error : undefined;
  const first: unknown = Array.isArray(error?.errors) ? error.errors[0] : undefined;
  const code = isObject(first) && typeof first.reason === 'string' ? ` ${first.reason}` : '';
  const message = typeof error?.message === 'string' ? `: ${error.message}` : '';
  return `${answer.status}${code}${message}`.slice(0, MAX_REASON_LENGTH);
}
