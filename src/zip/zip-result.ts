import type { MissingEntry } from './zip-error.ts';

/** The figures of one archive: the same numbers as the attributes of its span and the columns of its turn's row. */
export interface ZipMetrics {
  /** Wall time from the call to the archive's last byte. */
  readonly generationTimeMillis: number;
  /** Wall time from the start of the first download to the end of the last one. */
  readonly parallelDownloadTimeMillis: number;
  /** The most downloads that ran at the same time. */
  readonly maxWorkersUsed: number;
  readonly filesIncluded: number;
  readonly filesMissing: number;
  /** Length of the archive. */
  readonly totalSizeBytes: number;
}

/** A finished archive. */
export interface ZipResult {
  readonly id: string;
  /** Absolute path or `gs://` URL; `undefined` for a Writable. */
  readonly location: string | undefined;
  /** The signed URL where one was asked for, the `file://` URL of a file, else `undefined`. */
  readonly url: string | undefined;
  readonly metrics: ZipMetrics;
  /** What was asked for and is not in the archive, in the order in which it was decided. */
  readonly missing: readonly MissingEntry[];
}
