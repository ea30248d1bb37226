/** One entry of the fallback log. */
export interface FallbackEntry {
  /** What the log removes duplicates by, together with the time stamp: the same for every try. */
  readonly insertId: string;
  readonly timestampMillis: number;
  /** `ERROR` where the table refused the row, `WARNING` where the destination did not answer. */
  readonly severity: 'ERROR' | 'WARNING';
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly sampled: boolean | undefined;
  /** `message` for people, `spanledger` for replay. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** UTF-8 bytes of the payload as JSON. */
  readonly sizeBytes: number;
}

export type FallbackOutcome =
  /** Confirmed for all entries but those of the indexes in `failed`. */
  | { readonly status: 'answered'; readonly failed: ReadonlySet<number> }
  /** Nothing is known of the entries. */
  | { readonly status: 'unavailable'; readonly reason: string };

/** The way to the fallback. No method rejects; no retries of its own. */
export interface FallbackWriter {
  write(entries: readonly FallbackEntry[], signal: AbortSignal): Promise<FallbackOutcome>;
  /** Releases connections. */
  close?(): Promise<void>;
}
