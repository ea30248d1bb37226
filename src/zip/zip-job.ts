/**
 * The making of one archive. Entries flow one way: pool of downloads → whole, verified contents → archive writer →
 * sink. Everything waits with one signal; the first failure of the whole aborts it, and with it all that runs.
 * Invariant: when `run` settles, no download runs, nothing is open, and the destination holds the whole archive or
 * nothing that looks like one.
 */
import { describeError } from '../base/errors.ts';
import { abortable } from './abortable.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { isCompressed } from './content-kind.ts';
import { DownloadPool } from './download-pool.ts';
import { MemoryBudget } from './memory-budget.ts';
import { NameRegistry } from './name-registry.ts';
import { discardContent } from './open-content.ts';
import type { ZipConfig } from './zip-config.ts';
import { ZipDelivery } from './zip-delivery.ts';
import { type DownloadedEntry, downloadEntry, type FailedEntry, type ZipDownload } from './zip-download.ts';
import { EntryFailure, ZipError, type ZipReason } from './zip-error.ts';
import type { CreateZipOptions, ZipEntry } from './zip-options.ts';
import type { ZipMetrics, ZipResult } from './zip-result.ts';
import { ZipTally } from './zip-tally.ts';
import type { ZipTrace } from './zip-trace.ts';

/** Contents that wait for their turn, in memory; more go to temporary files. */
const MEMORY_BYTES = 8 * 1024 * 1024;
const ENTRY_MEMORY_BYTES = 2 * 1024 * 1024;
/** Entries under way or waiting behind a slow one, as a multiple of the concurrency. More take memory and no time off. */
const WINDOW_FACTOR = 2;

export class ZipJob {
  readonly #options: CreateZipOptions;
  readonly #config: ZipConfig;
  readonly #trace: ZipTrace;
  readonly #tally = new ZipTally();
  readonly #abort = new AbortController();
  readonly #delivery: ZipDelivery;
  readonly #pool: DownloadPool<ZipEntry, ZipDownload>;
  #writer: ArchiveWriter | undefined;

  constructor(options: CreateZipOptions, config: ZipConfig, trace: ZipTrace) {
    this.#options = options;
    this.#config = config;
    this.#trace = trace;
    const names = new NameRegistry();
    const budget = new MemoryBudget(MEMORY_BYTES);
    const delivery = new ZipDelivery(config, options.remoteStore);
    this.#delivery = delivery;
    const remoteStore = () => delivery.openStore();
    const fetchOptions = { config, budget, limitBytes: ENTRY_MEMORY_BYTES, remoteStore, signal: this.#abort.signal };
    this.#pool = new DownloadPool({
      items: options.entries,
      concurrency: config.concurrency,
      windowSize: config.concurrency * WINDOW_FACTOR,
      order: config.order,
      work: async (entry) => {
        const startMillis = trace.elapsedMillis();
        const download = await trace.run(() => downloadEntry(entry, names, fetchOptions));
        this.#observe(download, startMillis);
        return download;
      },
    });
  }

  /** Rejects with a `ZipError`. */
  async run(): Promise<ZipResult> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#fail('aborted', signal?.reason);
    try {
      if (signal?.aborted === true) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      const result = await this.#write();
      this.#trace.succeed(result.metrics);
      return result;
    } catch (error) {
      throw await this.#giveUp(error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async #write(): Promise<ZipResult> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    const onLost = (error: Error): void => this.#fail('destination-failed', error);
    const sink = await this.#delivery.openSink(onLost).catch(rethrowAs('destination-failed'));
    // Signed at once: where that cannot be done, nothing need be downloaded.
    const signing = this.#delivery.sign().catch((error: unknown) => void this.#fail('signing-failed', error));
    const writer = new ArchiveWriter({
      level: this.#config.level,
      temporaryFolder: this.#config.temporaryFolder,
      keepsChunks: sink.keepsChunks,
      write: (chunk) => sink.write(chunk).catch(rethrowAs('destination-failed')),
    });
    this.#writer = writer;
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) await this.#take(next, writer);
    if (this.#tally.filesIncluded === 0) throw new ZipError({ reason: 'no-entries', detail: this.#describeNothing() });
    await abortable(writer.finish().catch(rethrowAs('archive-failed')), signal);
    const signedUrl = (await abortable(signing, signal)) ?? undefined;
    await sink.finish(signal).catch(rethrowAs('destination-failed'));
    const metrics = this.#measure(writer.writtenBytes);
    return { id: this.#config.id, ...this.#delivery.describe(signedUrl), metrics, missing: this.#tally.missing };
  }

  #next(): Promise<ZipDownload | undefined> {
    return abortable(this.#pool.next().catch(rethrowAs('entries-failed')), this.#abort.signal, releaseContent);
  }

  async #take(download: ZipDownload, writer: ArchiveWriter): Promise<void> {
    const { maxTotalBytes } = this.#config;
    if ('failure' in download) {
      this.#tally.addMissing(download);
    } else if (this.#tally.contentBytes + download.content.sizeBytes > maxTotalBytes) {
      await download.content.release();
      const failure = new EntryFailure('total-too-large', `would exceed ${maxTotalBytes} bytes in all`);
      this.#skipOrFail({ ...download, failure });
      this.#tally.addMissing({ ...download, failure });
    } else {
      await this.#append(download, writer);
    }
    this.#reportProgress(download.name, writer.writtenBytes);
  }

  async #append(download: DownloadedEntry, writer: ArchiveWriter): Promise<void> {
    const { path, name, content, modified } = download;
    const isStored = this.#config.level === 0 || isCompressed(path, content.head);
    try {
      const appended = writer.append(content, { path, isStored, modified: modified ?? this.#trace.startedAt });
      // Contents in memory were whole when they came; a file can still become shorter.
      const reason = content.bytes === undefined ? 'source-failed' : 'archive-failed';
      await abortable(appended.catch(rethrowAs(reason, name)), this.#abort.signal);
      this.#tally.addIncluded(download);
    } finally {
      await content.release();
    }
  }

  #observe(download: ZipDownload, startMillis: number): void {
    const isFailed = 'failure' in download;
    const record = {
      name: download.name,
      source: /^([a-z]+)(?::\/\/|$)/iu.exec(download.source)?.[1] ?? 'file',
      attempts: download.attempts,
      sizeBytes: isFailed ? undefined : download.content.sizeBytes,
      failure: isFailed ? { reason: download.failure.reason, detail: download.failure.message } : undefined,
      startMillis,
      endMillis: this.#trace.elapsedMillis(),
    };
    if (download.attempts > 0) this.#tally.addDownload(record);
    this.#trace.addDownload(record);
    if (isFailed) this.#skipOrFail(download);
  }

  #skipOrFail({ name, failure }: FailedEntry): void {
    if (this.#config.onMissing === 'fail') this.#fail(failure.reason, failure, name);
  }

  #fail(reason: ZipReason, cause: unknown, entry?: string): void {
    // The first failure is the one that is told; what follows from it is not.
    this.#abort.abort(new ZipError({ reason, detail: describeError(cause), cause, entry }));
  }

  async #giveUp(error: unknown): Promise<ZipError> {
    const origin = this.#abort.signal.aborted ? this.#abort.signal.reason : error;
    const first = origin instanceof ZipError ? origin : rethrown('archive-failed', origin);
    const { reason, entry, cause } = first;
    const { missing } = this.#tally;
    const failure = new ZipError({ reason, entry, cause, missing, detail: first.detail });
    this.#abort.abort(failure);
    await this.#delivery.abort(failure);
    await this.#writer?.destroy();
    for (const left of await this.#pool.close()) releaseContent(left);
    const { entries } = this.#options;
    if (Array.isArray(entries)) for (const entry of entries) discardContent(entry?.source);
    const { totalSizeBytes: _none, filesIncluded: _nothing, ...known } = this.#measure(0);
    this.#trace.fail(failure, known);
    return failure;
  }

  #measure(totalSizeBytes: number): ZipMetrics {
    return this.#tally.metrics(this.#trace.elapsedMillis(), this.#pool.maxActive, totalSizeBytes);
  }

  #reportProgress(name: string, writtenBytes: number): void {
    const { onProgress, entries } = this.#options;
    if (onProgress === undefined) return;
    const { filesIncluded, missing } = this.#tally;
    const filesTotal = Array.isArray(entries) ? entries.length : undefined;
    try {
      onProgress({ name, filesIncluded, filesMissing: missing.length, filesTotal, writtenBytes });
    } catch {
      // A progress bar is not worth an archive.
    }
  }

  #describeNothing(): string {
    const { missing } = this.#tally;
    const first = missing[0];
    if (first === undefined) return 'no entries were given';
    return `all ${missing.length} entries are missing, the first because of ${first.reason}: ${first.detail}`;
  }
}

function releaseContent(download: ZipDownload | undefined): void {
  if (download !== undefined && 'content' in download) void download.content.release();
}

function rethrowAs(reason: ZipReason, entry?: string): (error: unknown) => never {
  return (error) => {
    throw rethrown(reason, error, entry);
  };
}

function rethrown(reason: ZipReason, error: unknown, entry?: string): ZipError {
  return error instanceof ZipError
    ? error
    : new ZipError({ reason, detail: describeError(error), cause: error, entry });
}
