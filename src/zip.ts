export { createZip } from './zip/create-zip.ts';
export type { RemoteStore } from './zip/remote-store.ts';
export { type EntryReason, type MissingEntry, ZipError, type ZipReason } from './zip/zip-error.ts';
export type {
  CreateZipOptions,
  OpenContext,
  SignedUrlOptions,
  ZipContent,
  ZipEntry,
  ZipProgress,
  ZipSource,
} from './zip/zip-options.ts';
export type { ZipMetrics, ZipResult } from './zip/zip-result.ts';
