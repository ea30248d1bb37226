export { createZip } from './instrumentation/zip/create-zip.ts';
export type { RemoteStore } from './instrumentation/zip/remote-store.ts';
export { type EntryReason, type MissingEntry, ZipError, type ZipReason } from './instrumentation/zip/zip-error.ts';
export type {
  CreateZipOptions,
  OpenContext,
  SignedUrlOptions,
  ZipContent,
  ZipEntry,
  ZipProgress,
  ZipSource,
} from './instrumentation/zip/zip-options.ts';
export type { ZipMetrics, ZipResult } from './instrumentation/zip/zip-result.ts';
