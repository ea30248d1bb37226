import { isObject, nonEmptyString, property } from '../base/json-value.ts';
import { truncateUtf8 } from '../privacy/truncate-text.ts';
import type { FallbackEntry } from './fallback-writer.ts';
import type { PendingRow } from './row-store.ts';

/** A row up to this is one structured entry; Cloud Logging refuses entries over 256 KiB. */
const MAX_WHOLE_BYTES = 150_000;
/** UTF-8 bytes of one part of a larger row. */
const MAX_PART_BYTES = 180_000;
/** What operators search for. */
const MARK = '[FALLBACK]';

/**
 * The log entries of a row: one with the whole row, or numbered parts of its JSON text that `parseFallbackPayload`
 * and a joiner bring together again. The same row gives the same insert ids and time stamp each time.
 */
export function buildFallbackEntries(row: PendingRow, reason: string, isRefused: boolean): readonly FallbackEntry[] {
  const record: unknown = JSON.parse(row.payload);
  const texts = row.sizeBytes <= MAX_WHOLE_BYTES ? [undefined] : splitText(row.payload, MAX_PART_BYTES);
  const traceId = nonEmptyString(property(record, 'trace_id'));
  const spanId = nonEmptyString(property(record, 'span_id'));
  const sampled = property(record, 'sampled');
  return texts.map((text, index) => {
    const part = texts.length === 1 ? '' : ` (part ${index + 1} of ${texts.length})`;
    const payload = {
      message: `${MARK} ${row.table} row ${row.key} is not in BigQuery: ${reason}${part}`,
      spanledger: {
        table: row.table,
        key: row.key,
        reason,
        received_at: new Date(row.receivedAtMillis).toISOString(),
        ...(text === undefined ? { record } : { part: index + 1, parts: texts.length, text }),
      },
    };
    return {
      insertId: `${row.table}/${row.key}/${index + 1}`,
      timestampMillis: row.receivedAtMillis,
      severity: isRefused ? 'ERROR' : 'WARNING',
      traceId,
      spanId,
      sampled: typeof sampled === 'boolean' ? sampled : undefined,
      payload,
      sizeBytes: (text === undefined ? row.sizeBytes : Buffer.byteLength(text)) + Buffer.byteLength(payload.message),
    };
  });
}

/** The entry as one line of structured logging, which Google's agents turn into the same log entry. */
export function renderFallbackLine(entry: FallbackEntry, projectId: string | undefined): string {
  const trace = projectId === undefined ? entry.traceId : `projects/${projectId}/traces/${entry.traceId}`;
  return JSON.stringify({
    severity: entry.severity,
    time: new Date(entry.timestampMillis).toISOString(),
    ...entry.payload,
    'logging.googleapis.com/insertId': entry.insertId,
    ...(entry.traceId !== undefined && { 'logging.googleapis.com/trace': trace }),
    ...(entry.spanId !== undefined && { 'logging.googleapis.com/spanId': entry.spanId }),
  });
}

/** A fallback entry's content as replay reads it. */
export interface FallbackContent {
  readonly table: string;
  readonly key: string;
  readonly body:
    | { readonly kind: 'whole'; readonly record: Readonly<Record<string, unknown>> }
    | { readonly kind: 'part'; readonly part: number; readonly parts: number; readonly text: string };
}

/** The content of a log entry's `jsonPayload`; undefined where it is not one of ours. */
export function parseFallbackPayload(payload: unknown): FallbackContent | undefined {
  const content = isObject(payload) ? payload.spanledger : undefined;
  if (!isObject(content)) return undefined;
  const { table, key, record, part, parts, text } = content;
  if (typeof table !== 'string' || typeof key !== 'string') return undefined;
  if (isObject(record)) return { table, key, body: { kind: 'whole', record } };
  if (typeof text !== 'string' || !isCount(part) || !isCount(parts) || part > parts) return undefined;
  return { table, key, body: { kind: 'part', part, parts, text } };
}

/** Cuts a text into pieces of at most `maxBytes` of UTF-8, never inside a code point. */
export function splitText(text: string, maxBytes: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest !== '') {
    const piece = truncateUtf8(rest, maxBytes);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}
