import type { ConversationRecord } from './conversation-columns.ts';
import type { ZipReading } from './turn-reading.ts';

export type ZipColumns = Pick<ConversationRecord, Extract<keyof ConversationRecord, `zip_${string}`>>;

/** @param zip `undefined`: none was seen, which is not the same as none made, for other code makes ZIPs too */
export function buildZipColumns(zip: ZipReading | undefined): ZipColumns {
  return {
    zip_generated: zip === undefined ? null : true,
    zip_id: zip?.id?.toWellFormed() ?? null,
    zip_generation_time_ms: zip?.generationTimeMs ?? null,
    zip_parallel_download_time_ms: zip?.parallelDownloadTimeMs ?? null,
    zip_max_workers_used: zip?.maxWorkersUsed ?? null,
    zip_files_included: zip?.filesIncluded ?? null,
    zip_files_missing: zip?.filesMissing ?? null,
    zip_total_size_bytes: zip?.totalSizeBytes ?? null,
  };
}
