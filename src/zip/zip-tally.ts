import type { DownloadRecord } from './download-selection.ts';
import type { DownloadedEntry, FailedEntry } from './zip-download.ts';
import { toMissingEntry } from './zip-download.ts';
import type { MissingEntry } from './zip-error.ts';
import type { ZipMetrics } from './zip-result.ts';

/** Counts one archive as it is made. Nothing here is shared, so archives made at the same time cannot mix. */
export class ZipTally {
  readonly missing: MissingEntry[] = [];
  filesIncluded = 0;
  /** Of the contents in the archive, before compression. */
  contentBytes = 0;
  #firstStartMillis = Number.POSITIVE_INFINITY;
  #lastEndMillis = Number.NEGATIVE_INFINITY;

  addDownload({ startMillis, endMillis }: DownloadRecord): void {
    this.#firstStartMillis = Math.min(this.#firstStartMillis, startMillis);
    this.#lastEndMillis = Math.max(this.#lastEndMillis, endMillis);
  }

  addIncluded({ content }: DownloadedEntry): void {
    this.filesIncluded += 1;
    this.contentBytes += content.sizeBytes;
  }

  addMissing(entry: FailedEntry): void {
    this.missing.push(toMissingEntry(entry));
  }

  /** @returns whole milliseconds, as the columns of the record want them */
  metrics(generationTimeMillis: number, maxWorkersUsed: number, totalSizeBytes: number): ZipMetrics {
    return {
      generationTimeMillis: Math.round(generationTimeMillis),
      parallelDownloadTimeMillis: Math.round(Math.max(this.#lastEndMillis - this.#firstStartMillis, 0)),
      maxWorkersUsed,
      filesIncluded: this.filesIncluded,
      filesMissing: this.missing.length,
      totalSizeBytes,
    };
  }
}
