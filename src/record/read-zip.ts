import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { nonEmptyString } from '../base/json-value.ts';
import type { AttributeValue, SpanSnapshot } from '../spans/span-snapshot.ts';
import type { SpanIdentity } from '../spans/turn.ts';
import type { ConversationRecord } from './conversation-columns.ts';
import { tokenCount } from './reported-usage.ts';

const SPAN_NAME = 'zip.create';

export type ZipColumns = Pick<ConversationRecord, Extract<keyof ConversationRecord, `zip_${string}`>>;

/** Whether a span is the making of a ZIP. */
export function isZip(span: SpanIdentity): boolean {
  return span.name === SPAN_NAME;
}

/**
 * Columns of the ZIP of a turn. Where a turn made several, they are those of the ZIP that was finished last, all six
 * together: a sum would describe no file that exists. One that failed or has not ended made no ZIP.
 *
 * @param spans the ZIP spans of a turn, in start order
 * @returns `undefined`: none was seen, which is not the same as none made, for other code makes ZIPs too
 */
export function readZip(spans: readonly SpanSnapshot[]): ZipColumns | undefined {
  let last: SpanSnapshot | undefined;
  for (const span of spans) if (isFinished(span) && !endsBefore(span, last)) last = span;
  if (last === undefined) return undefined;
  const { attributes } = last;
  return {
    zip_generated: true,
    zip_id: nonEmptyString(attributes[ATTRIBUTE_KEYS.zipId])?.toWellFormed() ?? null,
    zip_generation_time_ms: whole(attributes[ATTRIBUTE_KEYS.zipGenerationTimeMs]),
    zip_parallel_download_time_ms: whole(attributes[ATTRIBUTE_KEYS.zipParallelDownloadTimeMs]),
    zip_max_workers_used: whole(attributes[ATTRIBUTE_KEYS.zipMaxWorkersUsed]),
    zip_files_included: whole(attributes[ATTRIBUTE_KEYS.zipFilesIncluded]),
    zip_files_missing: whole(attributes[ATTRIBUTE_KEYS.zipFilesMissing]),
    zip_total_size_bytes: whole(attributes[ATTRIBUTE_KEYS.zipTotalSizeBytes]),
  };
}

function isFinished(span: SpanSnapshot): boolean {
  return span.endTimeUnixNano !== undefined && span.status.code !== 'error';
}

function endsBefore(span: SpanSnapshot, other: SpanSnapshot | undefined): boolean {
  return (span.endTimeUnixNano ?? 0n) < (other?.endTimeUnixNano ?? 0n);
}

/** Times come as fractions of a millisecond; the columns hold whole ones, rounded down. */
function whole(value: AttributeValue | undefined): number | null {
  return tokenCount(typeof value === 'number' ? Math.floor(value) : value) ?? null;
}
