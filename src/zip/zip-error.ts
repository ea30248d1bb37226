/** Why one entry is not in the archive. */
export type EntryReason =
  | 'unsafe-name'
  | 'unsupported-source'
  | 'not-found'
  | 'forbidden'
  | 'http-status'
  | 'network'
  | 'timeout'
  | 'length-mismatch'
  | 'checksum-mismatch'
  | 'html-instead'
  | 'source-failed'
  | 'entry-too-large'
  | 'total-too-large'
  | 'temporary-file-failed';

/** Why there is no archive: one entry's reason, or a reason of the whole. */
export type ZipReason =
  | EntryReason
  | 'aborted'
  | 'no-entries'
  | 'entries-failed'
  | 'archive-failed'
  | 'destination-failed'
  | 'signing-failed';

/** An entry that was asked for and is not in the archive. */
export interface MissingEntry {
  /** The name as it was given. */
  readonly name: string;
  /** Where it should have come from, without query and credentials, e.g. `https://host/a.pdf`, `buffer`. */
  readonly source: string;
  readonly reason: EntryReason;
  /** One line for a log, e.g. `HTTP 404`. Holds neither content nor credentials. */
  readonly detail: string;
  /** How often it was tried; 0 where it was refused before a try. */
  readonly attempts: number;
}

export interface ZipErrorDetails {
  readonly reason: ZipReason;
  readonly detail: string;
  readonly entry?: string | undefined;
  readonly missing?: readonly MissingEntry[];
  readonly cause?: unknown;
}

/** What `createZip` rejects with: the archive does not exist, and nothing that looks like it was left behind. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
  readonly reason: ZipReason;
  /** The entry that failed, as it was named; `undefined` where the whole failed. */
  readonly entry: string | undefined;
  /** The reason in words. Holds neither content nor credentials. */
  readonly detail: string;
  /** What else was missing by then. */
  readonly missing: readonly MissingEntry[];

  constructor({ reason, detail, entry, missing = [], cause }: ZipErrorDetails) {
    const subject = entry === undefined ? 'ZIP failed' : `ZIP failed at entry ${JSON.stringify(entry.slice(0, 200))}`;
    super(`${subject}: ${reason}: ${detail}`, { cause });
    this.reason = reason;
    this.entry = entry;
    this.detail = detail;
    this.missing = missing;
  }
}

export interface EntryFailureOptions extends ErrorOptions {
  /** Another try may go better. Default: false. */
  readonly retryable?: boolean;
  /** The server's own wish, in milliseconds. */
  readonly retryAfterMillis?: number | undefined;
}

/** One entry cannot be had. Stays inside: it becomes a `MissingEntry` or, with `onMissing: 'fail'`, a `ZipError`. */
export class EntryFailure extends Error {
  override readonly name = 'EntryFailure';
  readonly reason: EntryReason;
  readonly retryable: boolean;
  readonly retryAfterMillis: number | undefined;

  constructor(reason: EntryReason, detail: string, options: EntryFailureOptions = {}) {
    super(detail, options);
    this.reason = reason;
    this.retryable = options.retryable ?? false;
    this.retryAfterMillis = options.retryAfterMillis;
  }
}
