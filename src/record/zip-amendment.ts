import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import { readZip } from './read-zip.ts';
import { buildRowTime } from './row-time.ts';

/**
 * `message_type` of a row that carries the ZIP columns of a turn and nothing else of it: a ZIP made by another process,
 * which does not know the rest. `conversation_logs_latest` adds them to the turn's row.
 */
export const ZIP_AMENDMENT = 'zip_amendment';

export interface ZipAmendment {
  /** Distinct from the keys of the turn's own rows, and the same for every export of the span. */
  readonly key: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * The row by which a ZIP of this process adds to a turn of another one, whose id came in baggage. It is dated as the
 * turn is, for the view joins the two by day; and it counts as version 2, so that it wins over the turn's first row.
 *
 * @returns `undefined` where the span names no turn, or made no ZIP
 */
export function buildZipAmendment(span: SpanSnapshot): ZipAmendment | undefined {
  const messageId = span.attributes[ATTRIBUTE_KEYS.messageId];
  const zip = readZip([span]);
  if (typeof messageId !== 'string' || zip === undefined) return undefined;
  const turnStart = span.attributes[ATTRIBUTE_KEYS.turnStart];
  const startUnixNano = typeof turnStart === 'number' ? BigInt(turnStart) * 1_000_000n : span.startTimeUnixNano;
  const [traceId] = messageId.split('-');
  return {
    key: `${messageId}:zip:${span.spanId}`,
    row: {
      conversation_id: traceId,
      message_id: messageId,
      message_type: ZIP_AMENDMENT,
      ...buildRowTime(startUnixNano),
      ...zip,
      record_version: 2,
    },
  };
}
