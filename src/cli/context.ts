import type { Clock } from '../base/clock.ts';

/** 0: done · 1: it failed, or a check did not pass · 2: wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2;

/** A stream that a command writes to. */
export interface CliOutput {
  /** Whether a person looks at it. */
  readonly isTTY: boolean;
  /** Characters that fit on a line; undefined where nobody knows, as in a pipe. */
  readonly columns: number | undefined;
  /** True once the reader has gone (`spanledger map … | head`): a long command may stop early. */
  readonly closed: boolean;
  /**
   * Resolves when the stream can take more; keeps the order of calls. Never rejects: what is written after the
   * reader has gone is discarded, so that a command still ends with its true exit code.
   */
  write(text: string): Promise<void>;
}

/** Everything outside that a command may touch; tests pass their own. */
export interface CliContext {
  /** Relative paths start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Results only, so that they can be piped. */
  readonly stdout: CliOutput;
  /** Problems, progress and notes. */
  readonly stderr: CliOutput;
  readonly clock: Clock;
}
