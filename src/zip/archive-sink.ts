/** Where the bytes of one archive go. After `finish` or `abort` nothing else is called. */
export interface ArchiveSink {
  /** Whether a chunk may be looked at after its `write` has resolved, as a stream in between may do. */
  readonly keepsChunks: boolean;
  /** Takes a chunk; resolves when the next may come. One call at a time. */
  write(chunk: Buffer): Promise<void>;
  /** Makes the archive visible, whole. An abort of the signal either comes in time or has no effect. */
  finish(signal: AbortSignal): Promise<void>;
  /** Leaves nothing behind that looks like a finished archive. MUST NOT reject. */
  abort(reason: Error): Promise<void>;
}
