/** An entry's content at its first byte. Whoever opened it calls `close`, on every path. */
export interface OpenedSource {
  /** Chunks are consumed before the next one is asked for, and never changed. */
  readonly body: AsyncIterable<unknown>;
  /** What the source announced; `undefined` where it said nothing, or where the length on the wire is another one. */
  readonly sizeBytes?: number | undefined;
  /** Lets go of sockets and handles at once, also in the middle of a read. Idempotent; MUST NOT throw. */
  close(): void;
}
