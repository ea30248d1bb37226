/**
 * One entry from its source to a whole, verified content: tries, time-outs, checks. Runs in a worker of the pool,
 * before the archive hears of the entry, because an archive cannot take back what it has begun.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, MissingPackageError } from '../base/errors.ts';
import { abortable } from './abortable.ts';
import { AttemptLimit } from './attempt-limit.ts';
import { collectContent } from './collect-content.ts';
import { isHtmlInstead } from './content-kind.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { discardContent, isReadable, openContent } from './open-content.ts';
import type { RemoteStore } from './remote-store.ts';
import type { StoredContent } from './stored-content.ts';
import type { ZipConfig } from './zip-config.ts';
import { EntryFailure } from './zip-error.ts';
import type { OpenContext, ZipContent, ZipEntry, ZipSource } from './zip-options.ts';

export interface FetchOptions {
  readonly config: ZipConfig;
  readonly budget: MemoryBudget;
  /** The largest content to hold in memory. */
  readonly limitBytes: number;
  readonly remoteStore: () => Promise<RemoteStore>;
  /** Aborted with a `ZipError` when the archive has failed. */
  readonly signal: AbortSignal;
  /** Called before each try. */
  readonly onAttempt: () => void;
}

const NETWORK_CODE = /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST\w+|ENET\w+|UND_ERR_\w+)$/u;

const FIRST_DELAY_MILLIS = 200;
const MAX_DELAY_MILLIS = 5_000;
/** A server that wants a longer pause is not waited for: somebody waits for this archive. */
const MAX_RETRY_AFTER_MILLIS = 30_000;

/** Rejects with an `EntryFailure`, or with the signal's reason. */
export async function fetchEntry(entry: ZipEntry, options: FetchOptions): Promise<StoredContent> {
  const { config, signal } = options;
  const tries = isOneShot(entry.source) ? 1 : config.retries + 1;
  for (let attempt = 1; ; attempt += 1) {
    options.onAttempt();
    const outcome = await tryEntry(entry, attempt, options);
    if (!(outcome instanceof EntryFailure)) return outcome;
    signal.throwIfAborted();
    if (!outcome.retryable || attempt >= tries) throw outcome;
    await sleep(retryDelay(attempt, outcome.retryAfterMillis), undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}

async function tryEntry(
  entry: ZipEntry,
  attempt: number,
  options: FetchOptions,
): Promise<StoredContent | EntryFailure> {
  const limit = new AttemptLimit(options.signal, options.config.timeoutMillis, options.config.stallTimeoutMillis);
  try {
    const content = await readEntry(entry, attempt, limit, options);
    if (!isHtmlInstead(entry.name, content.head)) return content;
    await content.release();
    return new EntryFailure('html-instead', 'a web page came in place of the document');
  } catch (error) {
    return toEntryFailure(error);
  } finally {
    limit.clear();
  }
}

async function readEntry(
  entry: ZipEntry,
  attempt: number,
  limit: AttemptLimit,
  options: FetchOptions,
): Promise<StoredContent> {
  const { config, budget, limitBytes } = options;
  const { signal } = limit;
  const { source: given } = entry;
  const source =
    typeof given === 'function' ? await abortable(call(given, signal, attempt), signal, discardContent) : given;
  const openOptions = { ...options, signal, maxEntryBytes: config.maxEntryBytes };
  const opened = await abortable(openContent(source, openOptions), signal, (late) => {
    if ('release' in late) void late.release();
    else late.close();
  });
  if ('release' in opened) return checkWhole(opened, entry.sizeBytes, config.maxEntryBytes);
  limit.touch();
  return collectContent(opened, {
    budget,
    limitBytes,
    temporaryFolder: config.temporaryFolder,
    maxEntryBytes: config.maxEntryBytes,
    expectedBytes: entry.sizeBytes,
    signal,
    onChunk: () => limit.touch(),
  });
}

/** Async, so that what the host's function throws at once is a rejection too. */
async function call(
  source: Extract<ZipSource, (context: OpenContext) => unknown>,
  signal: AbortSignal,
  attempt: number,
): Promise<ZipContent> {
  return source({ signal, attempt });
}

async function checkWhole(
  content: StoredContent,
  expectedBytes: number | undefined,
  maxEntryBytes: number,
): Promise<StoredContent> {
  const { sizeBytes } = content;
  if (sizeBytes <= maxEntryBytes && (expectedBytes ?? sizeBytes) === sizeBytes) return content;
  await content.release();
  if (sizeBytes > maxEntryBytes) throw new EntryFailure('entry-too-large', `${sizeBytes} bytes`);
  throw new EntryFailure('length-mismatch', `${sizeBytes} of ${expectedBytes} bytes`);
}

/** What can be read once cannot be tried again. */
function isOneShot(source: ZipSource): boolean {
  return isReadable(source) || source instanceof ReadableStream || source instanceof Response;
}

function toEntryFailure(error: unknown): EntryFailure {
  if (error instanceof EntryFailure) return error;
  if (error instanceof MissingPackageError)
    return new EntryFailure('unsupported-source', error.message, { cause: error });
  // `fetch` says only "fetch failed"; what failed is in its cause.
  const origin = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  const code = origin instanceof Error && 'code' in origin && typeof origin.code === 'string' ? origin.code : '';
  const detail = describeError(origin);
  return new EntryFailure(NETWORK_CODE.test(code) ? 'network' : 'source-failed', detail, {
    cause: error,
    retryable: true,
  });
}

/** Exponential with jitter, so that many clients do not come back at the same moment. */
function retryDelay(attempt: number, retryAfterMillis: number | undefined): number {
  if (retryAfterMillis !== undefined) return Math.min(retryAfterMillis, MAX_RETRY_AFTER_MILLIS);
  return Math.random() * Math.min(FIRST_DELAY_MILLIS * 2 ** attempt, MAX_DELAY_MILLIS);
}
