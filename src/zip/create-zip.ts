import { isReadable } from './open-content.ts';
import { resolveZipConfig } from './zip-config.ts';
import type { CreateZipOptions } from './zip-options.ts';
import type { ZipResult } from './zip-result.ts';
import { ZipTrace } from './zip-trace.ts';

/**
 * Bundles many documents into one ZIP archive, as a span `zip.create` below the active one. Holds about 10 MB of
 * memory, whatever the number and the size of the entries; garbage that V8 has not collected yet comes on top.
 *
 * Resolves when the archive is whole where it should be; an entry that could not be had is in `missing`, with the
 * reason. Rejects with a `ZipError` that names the entry and the reason where there is no archive — also when nothing
 * at all could be included — and with a `ConfigurationError` for an option that cannot be used.
 *
 * @example
 * ```ts
 * const { url, missing } = await createZip({
 *   entries: invoices.map(({ number, year }) => ({
 *     name: `${year}/${number}.pdf`,
 *     source: `gs://invoices/${year}/${number}.pdf`,
 *   })),
 *   destination: `gs://bundles/${conversationId}.zip`,
 *   signedUrl: { expiresInSeconds: 3_600, fileName: 'Invoices 2024.zip' },
 * });
 * ```
 */
export async function createZip(options: CreateZipOptions): Promise<ZipResult> {
  const config = resolveZipConfig(options);
  guardStreams(options.entries);
  // Before anything is awaited: the active span is the turn's.
  const trace = new ZipTrace(config.id);
  // archiver takes 40 ms to load; a host that makes no ZIP need not wait for it.
  const { ZipJob } = await import('./zip-job.ts');
  return new ZipJob(options, config, trace).run();
}

/** Streams made beforehand may fail before their turn comes; with nobody listening the process would end. */
function guardStreams(entries: CreateZipOptions['entries']): void {
  if (!Array.isArray(entries)) return;
  for (const entry of entries) if (isReadable(entry?.source)) entry.source.on('error', () => undefined);
}
